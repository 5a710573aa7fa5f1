// The figures of one fusion group, as tooltip, as sentence and as table.

function brrText(brr) {
  if (!brr) return null;
  if (brr.tiles === undefined) return `${plural(brr.passes, "pass")} of ${brr.block_channels} channels`;
  const weights = brr.weights_resident ? "weights resident" : "weights streamed";
  return `${plural(brr.tiles, "tile")} of ${plural(brr.tile_rows, "row")}, slices of ${brr.slice_channels}, ${weights}`;
}

const microjoules = (pj) => (pj == null ? null : pj / 1e6);
/** Multiply-accumulates done over those needed; nothing to say where there are none. */
const times = (factor) => (factor ? `${factor.toFixed(2)} ×` : "–");

function groupFigures(point, group) {
  const g = point.groups;
  return [
    ["buffer", `${integer(g.buffer_bytes[group])} B`],
    ["input maps", `${integer(g.ifmap_bytes[group])} B`],
    ["output maps", `${integer(g.ofmap_bytes[group])} B`],
    ["weights", `${integer(g.weight_bytes[group])} B`],
    ["simulated", `${integer(g.simulated_bytes[group])} B`],
    ["predicted", `${integer(g.analytic_bytes[group])} B${g.confirmed[group] ? " ✓" : " ✗"}`],
    ["cycles", integer(g.cycles[group])],
    ["predicted cycles", integer(g.predicted_cycles[group])],
    ["energy", `${figure(microjoules(g.energy_pj[group]))} µJ`],
    ["bound by", g.bound_by[group] ?? "–"],
    ["utilisation", percent(g.utilization[group])],
    ["recomputed", times(g.recomputed[group])],
  ];
}

const groupTitle = (point, group) =>
  `Group ${group}: ${modeNames[point.groups.mode[group]] ?? point.groups.mode[group]}, ${plural(point.groups.ops[group].length, "op")}`;

function groupTooltip(point, group, op) {
  const graph = data.graphs[point.graph];
  const brr = brrText(point.groups.brr[group]);
  const ops = point.groups.ops[group];
  const shown =
    op != null
      ? opText(graph, op)
      : ops.length === 1
        ? graph.ops.name[ops[0]]
        : `${graph.ops.name[ops[0]]} … ${graph.ops.name[ops.at(-1)]}`;
  return `${tooltipTable(groupTitle(point, group), groupFigures(point, group))}${brr ? `<p>${escaped(brr)}</p>` : ""}<p>${escaped(shown)}</p>`;
}

const groupSentence = (point, group) =>
  `${groupTitle(point, group)}. ${groupFigures(point, group)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")}.`;

/** A figure of a group in a unit, to three digits; whole when pointed at. */
const inUnit = (name, key, unit) => ({
  name,
  of: (g, i) => scaled(g[key][i], unit),
  exact: (g, i) => integer(g[key][i]),
});

const groupColumns = [
  { name: "Group", of: (g, i) => i },
  { name: "Mode", text: true, of: (g, i) => modeNames[g.mode[i]] ?? g.mode[i] },
  { name: "Ops", of: (g, i) => g.ops[i].length },
  { name: "First op", text: true, path: true, of: (g, i, graph) => graph.ops.name[g.ops[i][0]] },
  { name: "Last op", text: true, path: true, of: (g, i, graph) => graph.ops.name[g.ops[i].at(-1)] },
  inUnit("Buffer KiB", "buffer_bytes", 1024),
  inUnit("Input maps kB", "ifmap_bytes", 1e3),
  inUnit("Output maps kB", "ofmap_bytes", 1e3),
  inUnit("Weights kB", "weight_bytes", 1e3),
  inUnit("Predicted kB", "analytic_bytes", 1e3),
  inUnit("Simulated kB", "simulated_bytes", 1e3),
  inUnit("Predicted k cycles", "predicted_cycles", 1e3),
  inUnit("k cycles", "cycles", 1e3),
  { name: "µJ", of: (g, i) => figure(microjoules(g.energy_pj[i])) },
  { name: "Bound by", text: true, of: (g, i) => g.bound_by[i] ?? "–" },
  { name: "Utilisation", of: (g, i) => percent(g.utilization[i]) },
  { name: "Recomputed", of: (g, i) => times(g.recomputed[i]) },
];

const columnClass = ({ text, path }) => [text && "text", path && "path"].filter(Boolean).join(" ") || null;
const columnHeads = (columns) =>
  columns.map((column) => element("th", { scope: "col", class: columnClass(column) }, column.name));

function drawGroupsTable(point) {
  const host = document.getElementById("groups");
  if (!point?.groups) return host.replaceChildren();
  const graph = data.graphs[point.graph];
  const g = point.groups;
  const cell = (column, i) =>
    element(
      "td",
      { class: columnClass(column), title: column.exact?.(g, i) },
      String(column.of(g, i, graph)),
    );
  const rows = g.ops.map((_, i) => element("tr", {}, ...groupColumns.map((column) => cell(column, i))));
  const head = element("thead", {}, element("tr", {}, ...columnHeads(groupColumns)));
  host.replaceChildren(element("table", { class: "dense" }, head, element("tbody", {}, ...rows)));
}
