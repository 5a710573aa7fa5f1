// The best designs of a network, and the plans that might have run instead of a point's.

const goals = [
  { name: "Least traffic", value: total, show: megabytes },
  { name: "Least time", value: milliseconds, show: (v) => `${figure(v)} ms` },
  { name: "Least energy", value: millijoules, show: (v) => `${figure(v)} mJ` },
  { name: "Least EDP", value: edp, show: (v) => `${figure(v)} mJ × ms` },
  { name: "Least EDP × area", value: edpArea, show: (v) => `${figure(v)} mJ × ms × mm²` },
];

/** The point of least figure, the smaller buffer among equals; null without figures. */
function bestBy(value, among) {
  const known = among.filter((point) => value(point) != null);
  const better = (a, b) => value(a) - value(b) || a.buffer_bytes - b.buffer_bytes;
  return known.reduce((best, point) => (best && better(best, point) <= 0 ? best : point), null);
}

function designCard({ name, value, show }, among) {
  const best = bestBy(value, among);
  if (!best) return tile(name, "–", "no figures");
  return tile(name, show(value(best)), drawingButton(best, pointLabel(best)));
}

/** Over all points of the network and the schemes that are shown, whatever their other axes. */
function drawDesigns() {
  const among = points.filter(
    (p) => p.totals && modelOf(p) === selection.network && selection.schemes.includes(schemeOf(p)),
  );
  document.getElementById("designs").replaceChildren(...goals.map((goal) => designCard(goal, among)));
}

function proof(plan) {
  if (plan.optimal) return "optimal";
  if (!(plan.bound_share > 0)) return "";
  return `at most ${significant.format(100 / plan.bound_share - 100)} % above the optimum`;
}

function planRow(point, name, plan, remark) {
  const cells = [
    figure(plan.dram_bytes / 1e6),
    figure(plan.cycles / 1e6),
    figure(plan.energy_pj / 1e9),
    figure(planEdp(point, plan)),
    significant.format(plan.peak_buffer_bytes / 1024),
  ];
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, name),
    ...cells.map((cell) => element("td", {}, cell)),
    element("td", { class: "text" }, remark),
  );
}

/** The plan of a point beside those that its report compares it with. */
function drawPlans(point) {
  const host = document.getElementById("plans");
  host.hidden = !point?.totals;
  if (host.hidden) return;
  const { simulated, analytic, predicted } = point.totals;
  const peak_buffer_bytes = simulated.peak_buffer_bytes;
  const ran = { ...simulated, dram_bytes: simulated.total_bytes };
  const foreseen = { ...predicted, dram_bytes: analytic.total_bytes, peak_buffer_bytes };
  const heads = ["Plan", "DRAM MB", "M cycles", "mJ", "mJ × ms", "Peak KiB", "Proof"];
  const rows = [
    planRow(point, "this, simulated", ran, ""),
    planRow(point, "this, predicted", foreseen, ""),
    ...point.alternatives.map((plan) => planRow(point, plan.name, plan, proof(plan))),
  ];
  const head = heads.map((name) =>
    element("th", { scope: "col", class: ["Plan", "Proof"].includes(name) ? "text" : null }, name),
  );
  host
    .querySelector("table")
    .replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  host
    .querySelector("ul")
    .replaceChildren(...point.warnings.map((warning) => element("li", {}, `Warning: ${warning}.`)));
}
