// Selectors, and who redraws what.

function drawControls() {
  const { network, x, fixed } = selection;
  const scheme = selection.schemes.length === 1 ? selection.schemes[0] : "all";
  const controls = [selectControl("Network", networks, network, (value) => choose({ network: value }))];
  if (schemes.length > 1) {
    controls.push(
      selectControl(
        "Scheme",
        ["all", ...schemes],
        scheme,
        (value) => choose({ schemes: value === "all" ? [...schemes] : [value] }),
        (value) => (value === "all" ? "all" : schemeName(value)),
      ),
    );
  }
  if (varied.length > 1) {
    const names = varied.map((axis) => axis.name);
    controls.push(selectControl("Against", names, x, (value) => choose({ x: value })));
  }
  for (const { name, values } of varied.filter((axis) => axis.name !== x))
    controls.push(selectControl(name, values, fixed[name], (value) => choose({ wanted: { [name]: value } })));
  replaceControls("controls", controls);
}

function drawTitle() {
  const graph = data.graphs[points.find((p) => modelOf(p) === selection.network && p.graph != null)?.graph];
  const size = graph
    ? `${plural(graph.ops.name.length, "op")}, ${significant.format(graph.ops.weights.reduce((a, b) => a + b, 0) / 1e6)} million weights`
    : "no figures";
  document
    .getElementById("network-title")
    .replaceChildren(String(selection.network), " ", element("small", { class: "muted" }, size));
}

/** The point whose groups are drawn first: of those the charts show, else of all; no base line if there is another. */
function firstShown(among) {
  const drawn = among.filter((p) => p.groups);
  const charted = selection.schemes.flatMap(seriesPoints).filter(Boolean);
  return [...charted, ...drawn].find((p) => !isBaseLine(p)) ?? drawn[0] ?? among[0];
}

const quoted = (word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** How to get the timeline of the point that is shown. */
function drawTimelineCommand(point) {
  const place = document.getElementById("timeline-command");
  place.hidden = !point?.totals;
  if (place.hidden) return;
  const folder = `points/${point.id}`;
  const words = ["run_sim", "--model", modelPath(point), "--schedule", `${folder}/schedule.json`];
  words.push("--config", `${folder}/config.yaml`, "--timeline", "timeline.html");
  const command = element("code", {}, words.map(quoted).join(" "));
  const file = modelPath(point).endsWith(".onnx") ? " (the model's path is from the sweep file)" : "";
  place.replaceChildren("Of the point above, in the sweep's folder: ", command, file);
}

function drawPoint(wanted) {
  const of = points.filter(
    (p) => modelOf(p) === selection.network && selection.schemes.includes(schemeOf(p)),
  );
  const point = of.find((p) => p.id === wanted) ?? firstShown(of);
  selection.point = point?.id;
  document
    .getElementById("point")
    .replaceChildren(
      ...of.map((p) => element("option", { value: p.id, selected: p === point }, pointLabel(p))),
    );
  const saved = point?.totals
    ? `${pointLabel(point)}: ${plural(point.totals.groups, "group")}, ${megabytes(total(point))}, ${percent(saving(point))} saved. `
    : "";
  document
    .getElementById("drawing-note")
    .replaceChildren(
      `${saved}Read from top to bottom, column by column. Thick lines stay on chip; thin ones go through DRAM. `,
      element("span", { class: "hint" }, "Point at a group, or tab to it, for its figures."),
    );
  drawNetwork(point);
  drawGroupCharts();
  drawPlans(point);
  drawOpsTable(point);
  drawTimelineCommand(point);
  drawGroupsTable(point);
}

/** Changes part of the selection (`wanted`: values of axes) and redraws. */
function choose(change) {
  const { point, wanted, ...rest } = change;
  Object.assign(selection, rest);
  settle(wanted);
  drawControls();
  drawMatrix();
  drawTitle();
  drawDesigns();
  drawCharts();
  drawComparison();
  drawPoint(point ?? selection.point);
}

function initOrigin() {
  const { version, commit, fixed } = data.sweep;
  const short = String(commit).replace(/^([0-9a-f]{12})[0-9a-f]*/, "$1");
  const settings = Object.entries(fixed).map(([name, value]) => `${name} ${value}`);
  const parts = [`FuseSim ${version}`, `commit ${short}`, plural(points.length, "point"), ...settings];
  document.getElementById("origin").textContent = parts.join(" · ");
}

initOrigin();
initTheme();
initComparing();
initCharts();
drawTiles();
drawWarning();
initTable();
initTimeline();
themeListeners.push(drawCharts, drawComparison, drawGroupCharts);
document.getElementById("point").addEventListener("change", (event) => drawPoint(event.target.value));
choose({});
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width && !matchMedia("print").matches) {
    drawComparison();
    drawPoint(selection.point);
  }
  width = innerWidth;
});
