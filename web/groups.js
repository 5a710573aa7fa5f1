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

function drawGroupsTable(point) {
  const host = document.getElementById("groups");
  if (!point?.groups) return host.replaceChildren();
  const graph = data.graphs[point.graph];
  const heads = [
    "Group",
    "Mode",
    "Ops",
    "First op",
    "Last op",
    "Buffer B",
    "Input maps B",
    "Output maps B",
    "Weights B",
    "Predicted B",
    "Simulated B",
    "Predicted cycles",
    "Cycles",
    "µJ",
    "Bound by",
    "Utilisation",
    "Recomputed",
  ];
  const g = point.groups;
  const rows = g.ops.map((ops, i) => {
    const numbers = [
      g.buffer_bytes,
      g.ifmap_bytes,
      g.ofmap_bytes,
      g.weight_bytes,
      g.analytic_bytes,
      g.simulated_bytes,
      g.predicted_cycles,
      g.cycles,
    ];
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, String(i)),
      element("td", { class: "text" }, modeNames[g.mode[i]] ?? g.mode[i]),
      element("td", {}, String(ops.length)),
      element("td", { class: "text" }, graph.ops.name[ops[0]]),
      element("td", { class: "text" }, graph.ops.name[ops.at(-1)]),
      ...numbers.map((n) => element("td", {}, integer(n[i]))),
      element("td", {}, figure(microjoules(g.energy_pj[i]))),
      element("td", { class: "text" }, g.bound_by[i] ?? "–"),
      element("td", {}, percent(g.utilization[i])),
      element("td", {}, times(g.recomputed[i])),
    );
  });
  host.replaceChildren(
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...heads.map((h) => element("th", { scope: "col" }, h)))),
      element("tbody", {}, ...rows),
    ),
  );
}
