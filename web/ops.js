// Every op of the point that is shown: how it is cut, and what its time goes to.

/** How an op of a group runs: [channels at a time, rows at a time]; "all" where it is not cut. */
function cutOf(point, group, op) {
  const [channels, height] = data.graphs[point.graph].ops.shape[op];
  const brr = point.groups.brr[group];
  const part = (size, whole) => (size == null || size >= whole ? "all" : integer(size));
  switch (point.groups.mode[group]) {
    case "lbdf":
      return ["all", "1"];
    case "brr_tiles":
      return [part(brr.slice_channels, channels), part(brr.tile_rows, height)];
    case "brr_passes":
      return [part(brr.block_channels, channels), "1"];
    default:
      return ["–", "–"];
  }
}

const opColumns = [
  { name: "Op", of: ({ op }) => op },
  { name: "Group", of: ({ group }) => group },
  { name: "Kind", text: true, of: ({ graph, op }) => kindLabel(graph.ops.kind[op]) },
  { name: "Name", text: true, path: true, of: ({ graph, op }) => graph.ops.name[op] },
  { name: "Output", text: true, of: ({ graph, op }) => graph.ops.shape[op].join(" × ") },
  { name: "Slice, channels", of: ({ cut }) => cut[0] },
  { name: "Rows at a time", of: ({ cut }) => cut[1] },
  { name: "M MACs", of: ({ figures }) => scaled(figures.macs, 1e6) },
  { name: "k cycles", of: ({ figures }) => scaled(figures.cycles, 1e3) },
  {
    name: "Of the run",
    of: ({ figures, whole }) => percent(figures.cycles == null ? null : figures.cycles / whole),
  },
  { name: "Utilisation", of: ({ figures }) => percent(figures.macs > 0 ? figures.array_share : null) },
  {
    name: "Most time",
    text: true,
    of: ({ figures }) => causes.find(({ key }) => key === figures.cause)?.name ?? "–",
  },
];

function opRow(point, group, place) {
  const op = point.groups.ops[group][place];
  const all = point.groups.op_figures;
  const figures = Object.fromEntries(Object.keys(all).map((key) => [key, all[key][group][place]]));
  const whole = point.totals.simulated.cycles;
  const row = { graph: data.graphs[point.graph], op, group, figures, whole, cut: cutOf(point, group, op) };
  const cells = opColumns.map((column) =>
    element("td", { class: columnClass(column) }, String(column.of(row))),
  );
  return element("tr", { "data-op": op }, ...cells);
}

function drawOpsTable(point) {
  const host = document.getElementById("ops");
  document.getElementById("ops-details").hidden = !point?.groups?.op_figures;
  if (!point?.groups?.op_figures) return host.replaceChildren();
  const rows = point.groups.ops.flatMap((ops, group) => ops.map((_, place) => opRow(point, group, place)));
  rows.sort((a, b) => a.dataset.op - b.dataset.op);
  const head = element("thead", {}, element("tr", {}, ...columnHeads(opColumns)));
  host.replaceChildren(element("table", { class: "dense" }, head, element("tbody", {}, ...rows)));
}
