// What pointer and keys do with a timeline, and what it says of the place under them.

/** Pixels that the pointer may move while it is pressed and still choose. */
const clickSlack = 4;
const panShare = 0.15;

/** What lies under a point of the canvas: {lane, at, slice, count}, or null. */
function timelinePlace(view, x, y) {
  if (y < view.top || y > view.tall) return null;
  const row = y - view.top + view.host.scrollTop;
  const lane = view.lanes.find((one) => row >= one.top && row < one.top + one.height);
  if (!lane) return null;
  const paint = view.paint(view.window.from, view.window.to);
  const inside = x >= paint.left && x <= paint.right;
  const place = { lane, at: inside ? paint.from + (x - paint.left) / paint.scale : null };
  if (!inside || lane.type !== "slices") return place;
  const near = 1.5 / paint.scale;
  const { levels } = lane.track;
  const deep = levels.length > 1 && row - lane.top >= lane.height - 8 ? 1 : 0;
  for (let level = deep; level >= 0; --level) {
    const list = levels[level];
    const exact = list.firstAfter(place.at);
    const slack =
      list.begins[exact] <= place.at && (list.ends[exact] - list.begins[exact]) * paint.scale > 3 ? 0 : near;
    place.count = list.count(place.at - slack, place.at + (slack || 1e-9));
    if (place.count === 0) continue;
    place.slice = view.slice(lane.track, list.firstAfter(place.at - slack), level);
    place.share = list.share(place.at - near, place.at + near);
    return place;
  }
  return place;
}

const cyclesOf = (timeline, us) => (timeline.about.clock_mhz ? us * timeline.about.clock_mhz : null);

/** Name, start, duration and arguments, as rows of a table. */
function sliceRows(timeline, slice) {
  const cycles = cyclesOf(timeline, slice.end - slice.begin);
  const long = duration(slice.end - slice.begin) + (cycles == null ? "" : `, ${integer(cycles)} cycles`);
  const args = Object.entries(slice.args).map(([name, value]) => [
    name.replaceAll("_", " "),
    typeof value === "number" ? new Intl.NumberFormat("en-US").format(value) : String(value),
  ]);
  return [["lane", slice.track.name], ["starts", moment(slice.begin)], ["takes", long], ...args];
}

function levelRows(lane, at) {
  const whole = lane.whole.at(at);
  const show = (value) => (lane.unit === "B" ? `${integer(value)} B` : integer(value));
  if (lane.unit !== "B") return [["busy", `${show(lane.held.at(at))} of ${show(whole)}`]];
  return [
    ["held", show(lane.held.at(at))],
    ["set aside", whole > 0 ? show(whole) : "nothing"],
  ];
}

/** The time between two slices of a lane around a moment at which it does nothing. */
function idleRows(timeline, list, at) {
  const next = list.firstAfter(at);
  const from = next > 0 ? list.ends[next - 1] : timeline.begin;
  const to = next < list.length ? list.begins[next] : timeline.end;
  return [["idle for", duration(to - from)]];
}

/** The tooltip's text at a place; null: nothing to say. */
function placeText(view, place) {
  const { lane, at, slice, count } = place;
  const { timeline } = view;
  if (lane.type === "head") return tooltipTable(lane.name, [["click", "fold or unfold"]]);
  if (lane.type === "note") return null;
  if (at == null)
    return tooltipTable(lane.name, [["in view", laneFigure(lane, view.window.from, view.window.to)]]);
  const when = ["at", moment(at)];
  if (lane.type === "steps") return tooltipTable(lane.name, [when, ...levelRows(lane, at)]);
  if (!slice) return tooltipTable(lane.name, [when, ...idleRows(timeline, lane.track.levels[0], at)]);
  if (count > 1)
    return tooltipTable(lane.name, [when, ["slices here", integer(count)], ["busy", percent(place.share)]]);
  return tooltipTable(slice.name, sliceRows(timeline, slice));
}

function hoverTimeline(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const place = timelinePlace(view, event.clientX - box.left, event.clientY - box.top);
  const text = place && placeText(view, place);
  view.canvas.style.cursor = place?.slice || place?.lane.type === "head" ? "pointer" : "grab";
  if (text) showTooltip(text, new DOMRect(event.clientX, event.clientY, 0, 0));
  else hideTooltip();
}

function clickTimeline(view, x, y) {
  const place = timelinePlace(view, x, y);
  if (!place) return;
  if (place.lane.type === "head") {
    place.lane.section.open = !place.lane.section.open;
    return view.place();
  }
  view.chosenLane = view.lanes.indexOf(place.lane);
  view.choose(place.slice && place.count === 1 ? place.slice : null);
}

/** Dragging: the window in the strip of the whole run, a stretch to zoom into with Shift, or the lanes. */
function startDrag(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const start = { x: event.clientX - box.left, y: event.clientY - box.top, scroll: view.host.scrollTop };
  const { from, to } = view.window;
  const whole = view.paint(view.timeline.begin, view.timeline.end);
  const here = view.paint(from, to);
  const center = (x) => {
    const at = whole.from + (x - whole.left) / whole.scale;
    view.show(at - view.span / 2, at + view.span / 2);
  };
  const kind = start.y < laneEdges.overview ? "overview" : event.shiftKey ? "range" : "lanes";
  if (kind === "overview") center(start.x);
  let moved = false;
  const move = (next) => {
    const x = next.clientX - box.left,
      y = next.clientY - box.top;
    moved ||= Math.hypot(x - start.x, y - start.y) > clickSlack;
    if (!moved) return;
    hideTooltip();
    if (kind === "overview") return center(x);
    if (kind === "range") {
      view.range = [start.x, x].map((at) => here.from + (at - here.left) / here.scale);
      return view.redraw();
    }
    view.host.scrollTop = start.scroll - (y - start.y);
    const shift = (x - start.x) / here.scale;
    view.show(from - shift, to - shift);
  };
  const end = (last) => {
    view.canvas.removeEventListener("pointermove", move);
    const range = view.range?.toSorted((a, b) => a - b);
    view.range = null;
    if (kind === "range" && range) view.show(...range);
    else if (!moved && last.type === "pointerup") clickTimeline(view, start.x, start.y);
    view.dragging = false;
  };
  view.dragging = true;
  view.canvas.setPointerCapture(event.pointerId);
  view.canvas.addEventListener("pointermove", move);
  for (const type of ["pointerup", "pointercancel"]) view.canvas.addEventListener(type, end, { once: true });
}

/** The wheel zooms around the pointer; with Shift, or sideways, it moves. */
function turnWheel(view, event) {
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const across = (event.shiftKey ? event.deltaY : event.deltaX) * lines;
  const along = event.shiftKey ? 0 : event.deltaY * lines;
  const { begin, end } = view.timeline;
  if (along > 0 && view.span >= end - begin && across === 0) return;
  event.preventDefault();
  const paint = view.paint(view.window.from, view.window.to);
  const at = event.clientX - view.canvas.getBoundingClientRect().left;
  if (Math.abs(across) > Math.abs(along)) return view.pan(across / paint.scale);
  const around = paint.from + (Math.min(paint.right, Math.max(paint.left, at)) - paint.left) / paint.scale;
  view.zoom(Math.exp(along * 0.0016), around);
}

/** Moves from slice to slice of the chosen lane; from the middle of the window where none is chosen. */
function stepSlice(view, step) {
  const lane = view.lanes[view.chosenLane];
  if (lane?.type !== "slices") return;
  const list = lane.track.levels[0];
  const middle = (view.window.from + view.window.to) / 2;
  const index = view.chosen?.track === lane.track ? view.chosen.index + step : list.firstAfter(middle);
  const slice = view.slice(lane.track, Math.min(list.length - 1, Math.max(0, index)));
  view.choose(slice);
  if (slice.begin < view.window.from || slice.end > view.window.to)
    view.show(slice.begin - view.span / 2, slice.begin + view.span / 2);
}

function stepLane(view, step) {
  const last = view.lanes.length - 1;
  view.chosenLane = Math.min(last, Math.max(0, view.chosenLane + step));
  const lane = view.lanes[view.chosenLane];
  view.reveal(lane);
  view.redraw();
  view.host.dispatchEvent(new CustomEvent("lane", { detail: lane }));
}

const timelineKeys = {
  ArrowLeft: (view) => view.pan(-panShare * view.span),
  ArrowRight: (view) => view.pan(panShare * view.span),
  ArrowUp: (view) => stepLane(view, -1),
  ArrowDown: (view) => stepLane(view, 1),
  "+": (view) => view.zoom(1 / zoomStep),
  "=": (view) => view.zoom(1 / zoomStep),
  "-": (view) => view.zoom(zoomStep),
  0: (view) => view.showWhole(),
  Home: (view) => view.showWhole(),
  n: (view) => stepSlice(view, 1),
  p: (view) => stepSlice(view, -1),
  z: (view) => view.chosen && view.showSlice(view.chosen),
  Enter: (view) => {
    const lane = view.lanes[view.chosenLane];
    if (lane?.type !== "head") return view.chosen && view.showSlice(view.chosen);
    lane.section.open = !lane.section.open;
    view.place();
  },
  Escape: (view) => {
    hideTooltip();
    view.choose(null);
  },
};

function listenToTimeline(view) {
  const { canvas, host } = view;
  canvas.addEventListener("wheel", (event) => turnWheel(view, event), { passive: false });
  canvas.addEventListener("pointerdown", (event) => event.button === 0 && startDrag(view, event));
  canvas.addEventListener("pointermove", (event) => view.dragging || hoverTimeline(view, event));
  canvas.addEventListener("pointerleave", hideTooltip);
  canvas.addEventListener("dblclick", () => view.chosen && view.showSlice(view.chosen));
  canvas.addEventListener("keydown", (event) => {
    const act = timelineKeys[event.key] ?? timelineKeys[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(view);
  });
  host.onscroll = () => view.redraw();
}
