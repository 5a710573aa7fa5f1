// The network of a point, cut into columns, its fusion groups coloured.

const groupColors = 8;
const groupHalo = 5;
/** Room for the number of a group, left of its first op. */
const numberRoom = 26;
const columnGap = 14;
const tallest = 760;
/** Kinds of ops whose name is not short enough; the others are drawn under their name. */
const kindLabels = {
  conv_transpose: "conv T",
  max_pool: "max pool",
  avg_pool: "avg pool",
  global_avg_pool: "mean",
  channel_slice: "slice",
  activation: "act",
};

/** Group of every op. */
function groupsOfOps(point) {
  const owner = [];
  point.groups.ops.forEach((ops, group) =>
    ops.forEach((op) => {
      owner[op] = group;
    }),
  );
  return owner;
}

/** A colour for every group such that groups that exchange data, or run one after another, differ. */
function colorGroups(graph, point, owner) {
  const neighbours = point.groups.ops.map((_, g) => new Set(g > 0 ? [g - 1] : []));
  graph.ops.inputs.forEach((inputs, op) =>
    inputs
      .filter((i) => i >= 0 && owner[i] !== owner[op])
      .forEach((i) => {
        neighbours[owner[op]].add(owner[i]);
        neighbours[owner[i]].add(owner[op]);
      }),
  );
  const colors = [];
  neighbours.forEach((around, group) => {
    const taken = new Set([...around].map((g) => colors[g]));
    const free = Array.from({ length: groupColors }, (_, c) => (group + c) % groupColors).find(
      (c) => !taken.has(c),
    );
    colors.push(free ?? group % groupColors);
  });
  return colors;
}

/** Where the drawing is cut into `count` columns: between rows of ops, near equal heights, through few edges. */
function cuts(graph, count) {
  const rows = unique(graph.ops.y).sort((a, b) => a - b);
  const gaps = rows.slice(1).map((y, i) => (y + rows[i]) / 2);
  const crossing = (y) =>
    graph.edges.filter(([from, to]) => graph.ops.y[from] < y && graph.ops.y[to] > y).length;
  const result = [-groupHalo];
  for (let i = 1; i < count; ++i) {
    const ideal = (graph.height * i) / count;
    const near = gaps.filter((y) => Math.abs(y - ideal) < 100 && y > result.at(-1));
    if (near.length === 0) continue;
    result.push(
      near.reduce((best, y) =>
        crossing(y) * 40 + Math.abs(y - ideal) < crossing(best) * 40 + Math.abs(best - ideal) ? y : best,
      ),
    );
  }
  return [...result, graph.height + groupHalo];
}

/** Fewest columns that are not too tall, unless the text would get too small. */
function columnsFor(graph, width) {
  const scaleOf = (count) => Math.min(1, width / (count * (graph.width + numberRoom + columnGap)));
  let count = 1;
  while ((scaleOf(count) * graph.height) / count > tallest && scaleOf(count + 1) >= 0.62) ++count;
  return { count, scale: scaleOf(count) };
}

function curve(points) {
  let path = `M${points[0]},${points[1]}C`;
  for (let i = 2; i < points.length; i += 2) path += `${points[i]},${points[i + 1]} `;
  return path;
}

const kindLabel = (kind) => kindLabels[kind] ?? kind;

function opLabel(graph, op) {
  const { kind, shape } = graph.ops;
  return `${kindLabel(kind[op])} ${shape[op][0]}`;
}

function opText(graph, op) {
  const [c, h, w] = graph.ops.shape[op];
  const weights = graph.ops.weights[op];
  const inputs = graph.ops.inputs[op].length;
  const hidden =
    inputs > graph.drawn_inputs ? `, reads ${inputs} maps (the last ${graph.drawn_inputs} are drawn)` : "";
  return `${kindLabel(graph.ops.kind[op])} ${graph.ops.name[op]}: ${c} × ${h} × ${w}${weights ? `, ${integer(weights)} weights` : ""}${hidden}`;
}

/** The parts of one group that lie in a column: halo, lines inside it, boxes. */
function drawGroup(graph, drawing, group, ops, inside) {
  const { node_width: w, node_height: h } = graph;
  const { x, y } = graph.ops;
  const part = element("g", { class: `group c${drawing.colors[group]}`, "data-group": group });
  const halo = element("g", { class: "halo" });
  part.append(halo);
  for (const [, , points] of inside) halo.append(element("path", { d: curve(points) }));
  for (const op of ops) {
    halo.append(
      element("rect", {
        x: x[op] - w / 2 - groupHalo,
        y: y[op] - h / 2 - groupHalo,
        width: w + 2 * groupHalo,
        height: h + 2 * groupHalo,
        rx: 7,
      }),
    );
  }
  for (const [, , points] of inside) part.append(element("path", { class: "inside", d: curve(points) }));
  for (const op of ops) {
    part.append(
      element(
        "g",
        { class: "op", "data-op": op },
        element("rect", { x: x[op] - w / 2, y: y[op] - h / 2, width: w, height: h, rx: 4 }),
        element("text", { x: x[op], y: y[op] + 4 }, opLabel(graph, op)),
      ),
    );
  }
  const first = drawing.point.groups.ops[group][0];
  if (ops.includes(first)) {
    part.append(
      element(
        "text",
        { class: "number", x: x[first] - w / 2 - groupHalo - 3, y: y[first] + 4 },
        String(group),
      ),
    );
  }
  return part;
}

function drawColumn(graph, drawing, top, bottom) {
  const { y } = graph.ops;
  const half = graph.node_height / 2;
  const meets = ([from, to]) => y[from] + half < bottom && y[to] - half > top;
  const edges = graph.edges.filter(meets);
  const crossing = edges.filter(([from, to]) => drawing.owner[from] !== drawing.owner[to]);
  const box = [-numberRoom, top, graph.width + numberRoom, bottom - top];
  const column = element("svg", {
    class: "column",
    viewBox: box.join(" "),
    width: box[2] * drawing.scale,
    height: box[3] * drawing.scale,
  });
  drawing.point.groups.ops.forEach((all, group) => {
    const ops = all.filter((op) => y[op] > top && y[op] < bottom);
    const inside = edges.filter(([from, to]) => drawing.owner[from] === group && drawing.owner[to] === group);
    if (ops.length > 0 || inside.length > 0) column.append(drawGroup(graph, drawing, group, ops, inside));
  });
  for (const [, , points] of crossing) column.append(element("path", { class: "between", d: curve(points) }));
  return column;
}

function showGroupsOf(point) {
  choose({ network: modelOf(point), point: point.id });
  document.getElementById("drawing-title").scrollIntoView();
}

/** Shows the fusion groups of a point when it is pressed. */
function drawingButton(point, label) {
  const show = () => showGroupsOf(point);
  return element("button", { type: "button", class: "link", title: "Show its groups", onclick: show }, label);
}

/** One tab stop; arrow keys move from group to group. */
function makeGroupsReachable(host, point) {
  const groups = point.groups.ops.map((_, g) => host.querySelector(`[data-group="${g}"]`));
  const mark = (group) =>
    host
      .querySelectorAll(".group")
      .forEach((part) => part.classList.toggle("marked", Number(part.dataset.group) === group));
  const show = (group, at, op) => {
    mark(group);
    showTooltip(groupTooltip(point, group, op), at);
  };
  const hide = () => {
    mark(-1);
    hideTooltip();
  };
  groups.forEach((part, group) => {
    part.setAttribute("tabindex", group === 0 ? 0 : -1);
    part.setAttribute("role", "option");
    part.setAttribute("aria-label", groupSentence(point, group));
    part.addEventListener("focus", () => show(group, part.querySelector(".op").getBoundingClientRect()));
    part.addEventListener("blur", hide);
  });
  host.onkeydown = (event) => {
    const at = groups.indexOf(document.activeElement);
    const step = {
      ArrowRight: 1,
      ArrowDown: 1,
      ArrowLeft: -1,
      ArrowUp: -1,
      Home: -at,
      End: groups.length - 1 - at,
    }[event.key];
    if (event.key === "Escape") hide();
    if (at < 0 || step === undefined) return;
    event.preventDefault();
    const next = groups[Math.min(groups.length - 1, Math.max(0, at + step))];
    groups[at].setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
  };
  host.onpointermove = (event) => {
    const part = event.target.closest?.(".group");
    if (!part) return hide();
    const op = event.target.closest(".op");
    show(
      Number(part.dataset.group),
      new DOMRect(event.clientX, event.clientY, 0, 0),
      op && Number(op.dataset.op),
    );
  };
  host.onpointerleave = hide;
}

function drawNetwork(point) {
  const host = document.getElementById("drawing");
  if (!point?.groups) {
    host.replaceChildren(
      element("p", { class: "muted" }, point ? `No figures: ${point.reason ?? point.status}` : "No point"),
    );
    return;
  }
  const graph = data.graphs[point.graph];
  const owner = groupsOfOps(point);
  const { count, scale } = columnsFor(graph, host.clientWidth - 32);
  const drawing = { point, owner, scale, colors: colorGroups(graph, point, owner) };
  const bounds = cuts(graph, count);
  const columns = bounds.slice(1).map((bottom, i) => drawColumn(graph, drawing, bounds[i], bottom));
  host.replaceChildren(
    element(
      "div",
      {
        class: "columns",
        role: "listbox",
        "aria-label": `Fusion groups of ${modelOf(point)}, ${pointLabel(point)}; arrow keys move between groups`,
      },
      ...columns,
    ),
  );
  makeGroupsReachable(host, point);
}
