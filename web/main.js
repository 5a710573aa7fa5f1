// Selectors, and who redraws what.

function selectControl(name, values, chosen, onChoice, show = String) {
  const select = element(
    "select",
    { onchange: (event) => onChoice(event.target.value) },
    ...values.map((value) => element("option", { value, selected: value === chosen }, show(value))),
  );
  return element("label", { class: "control" }, `${name} `, select);
}

function drawControls() {
  const { network, x, fixed } = selection;
  const varied = otherAxes.filter((axis) => axis.values.length > 1);
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
  if (varied.length > 1)
    controls.push(
      selectControl(
        "Against",
        varied.map((axis) => axis.name),
        x,
        (value) => choose({ x: value }),
      ),
    );
  for (const axis of varied.filter(({ name }) => name !== x)) {
    controls.push(
      selectControl(axis.name, axis.values, fixed[axis.name], (value) =>
        choose({ fixed: { ...fixed, [axis.name]: value } }),
      ),
    );
  }
  const focused = [...document.querySelectorAll("#controls select")].indexOf(document.activeElement);
  document.getElementById("controls").replaceChildren(...controls);
  document.querySelectorAll("#controls select")[focused]?.focus();
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

function drawPoint(wanted) {
  const of = points.filter(
    (p) => modelOf(p) === selection.network && selection.schemes.includes(schemeOf(p)),
  );
  const point = of.find((p) => p.id === wanted) ?? of.find((p) => p.groups) ?? of[0];
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
  drawGroupsTable(point);
}

/** Changes part of the selection and redraws. */
function choose(change) {
  const { point, ...rest } = change;
  Object.assign(selection, rest);
  drawControls();
  drawMatrix();
  drawTitle();
  drawDesigns();
  drawCharts();
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
initCharts();
drawTiles();
drawWarning();
initTable();
initTimeline();
themeListeners.push(drawCharts, drawGroupCharts);
document.getElementById("point").addEventListener("change", (event) => drawPoint(event.target.value));
choose({});
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width && !matchMedia("print").matches) drawPoint(selection.point);
  width = innerWidth;
});
