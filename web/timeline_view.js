// A timeline under the pointer and the keys: window, zoom, pan, what is pointed at, what is chosen.

const zoomStep = 1.5;
const leastSpanUs = 1e-3;

class TimelineView {
  /** Fills `host` with a canvas; `onChoice(slice or null)` is told what is chosen. */
  constructor(host, timeline, onChoice) {
    Object.assign(this, { host, timeline, onChoice });
    this.sections = timelineSections(timeline);
    this.arrows = TimelineView.indexed(timeline.arrows);
    this.window = { from: timeline.begin, to: timeline.end };
    this.chosenLane = 1;
    this.chosen = null;
    this.range = null;
    this.canvas = element("canvas", {
      tabindex: 0,
      role: "application",
      "aria-label": "Timeline; arrow keys move, plus and minus zoom, N and P step through a lane's slices",
    });
    this.space = element("div", { class: "timeline-space" });
    host.replaceChildren(this.canvas, this.space);
    this.canvas.view = this; // for who finds the canvas
    listenToTimeline(this);
    this.place();
  }

  /** Arrows, when they leave, and up to each the latest that any before it comes. */
  static indexed(list) {
    const latest = new Float64Array(list.length);
    list.forEach((arrow, i) => (latest[i] = Math.max(arrow.comes, i > 0 ? latest[i - 1] : 0)));
    return { list, leaves: Float64Array.from(list, (arrow) => arrow.leaves), latest };
  }

  get span() {
    return this.window.to - this.window.from;
  }

  get top() {
    return laneEdges.overview + laneEdges.axis;
  }

  /** Lanes of the window, and room for them. */
  place() {
    this.lanes = lanesIn(this.sections, this.window.from, this.window.to);
    const content = this.top + this.lanes.at(-1).top + this.lanes.at(-1).height;
    const tall = Math.min(content, Math.max(340, Math.round(innerHeight * 0.74)));
    this.host.style.height = `${tall + 2}px`;
    this.space.style.height = `${content - tall}px`;
    this.canvas.style.height = `${tall}px`;
    this.tall = tall;
    this.redraw();
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  paint(from, to) {
    const paint = new TimelinePaint(this.canvas.getContext("2d"), this.canvas.clientWidth, from, to);
    paint.family = getComputedStyle(this.host).fontFamily;
    return paint;
  }

  draw() {
    const started = performance.now();
    const ratio = devicePixelRatio || 1;
    const width = this.canvas.clientWidth;
    if (width === 0) return;
    if (
      this.canvas.width !== Math.round(width * ratio) ||
      this.canvas.height !== Math.round(this.tall * ratio)
    ) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(this.tall * ratio);
    }
    const paint = this.paint(this.window.from, this.window.to);
    const { context } = paint;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.fill("surface", 0, 0, width, this.tall);
    drawOverview(this.paint(this.timeline.begin, this.timeline.end), this.timeline, this.window);
    context.save();
    context.translate(0, laneEdges.overview);
    drawAxis(paint, this.tall - laneEdges.overview);
    context.restore();
    context.save();
    context.beginPath();
    context.rect(0, this.top, width, this.tall - this.top);
    context.clip();
    this.drawLanes(paint);
    context.restore();
    this.drawMs = performance.now() - started;
  }

  drawLanes(paint) {
    const shift = this.top - this.host.scrollTop;
    this.lanes.forEach((lane, i) => {
      const y = lane.top + shift;
      if (y + lane.height > this.top && y < this.tall) drawLane(paint, lane, y, i === this.chosenLane);
    });
    const { context } = paint;
    context.save();
    context.beginPath();
    context.rect(paint.left, this.top, paint.right - paint.left, this.tall);
    context.clip();
    const rows = new Map(
      this.lanes.filter((lane) => lane.track).map((lane) => [lane.track, lane.top + shift + lane.height / 2]),
    );
    const yOf = (track) => rows.get(track);
    this.shownArrows = arrowsIn(this.arrows, this.window.from, this.window.to, mostArrows);
    for (const arrow of this.shownArrows) drawArrow(paint, arrow, yOf, false);
    for (const arrow of this.arrowsOfChosen()) drawArrow(paint, arrow, yOf, true);
    this.drawMarks(paint, shift);
    context.restore();
  }

  drawMarks(paint, shift) {
    const { context } = paint;
    const lane = this.chosen && this.lanes.find(({ track }) => track === this.chosen.track);
    if (lane) {
      const { begin, end } = this.chosen;
      context.strokeStyle = paint.color("ink");
      context.lineWidth = 2;
      const wide = Math.max(3, paint.x(end) - paint.x(begin));
      context.strokeRect(paint.x(begin), lane.top + shift, wide, lane.height - 1);
    }
    if (!this.range) return;
    const [x0, x1] = this.range.map((at) => paint.x(at)).sort((a, b) => a - b);
    context.globalAlpha = 0.18;
    paint.fill("accent", x0, this.top, x1 - x0, this.tall);
    context.globalAlpha = 1;
    paint.text(duration(Math.abs(this.range[1] - this.range[0])), (x0 + x1) / 2, this.top + 14, {
      align: "center",
    });
  }

  arrowsOfChosen() {
    if (!this.chosen) return [];
    const { track, index } = this.chosen;
    return this.timeline.arrows.filter(
      (arrow) =>
        (arrow.from === track && arrow.fromSlice === index) ||
        (arrow.to === track && arrow.toSlice === index),
    );
  }

  /** Shows from..to, as far as there is a run. */
  show(from, to) {
    const { begin, end } = this.timeline;
    const span = Math.min(end - begin, Math.max(leastSpanUs, to - from));
    const middle = (from + to) / 2;
    const start = Math.min(end - span, Math.max(begin, middle - span / 2));
    this.window = { from: start, to: start + span };
    hideTooltip();
    this.place();
  }

  zoom(factor, around = (this.window.from + this.window.to) / 2) {
    const span = Math.max(leastSpanUs, Math.min(this.timeline.end - this.timeline.begin, this.span * factor));
    const from = around - ((around - this.window.from) / this.span) * span;
    this.show(from, from + span);
  }

  pan(us) {
    this.show(this.window.from + us, this.window.to + us);
  }

  showWhole() {
    this.show(this.timeline.begin, this.timeline.end);
  }

  showSlice({ begin, end }) {
    const margin = 2 * Math.max(end - begin, leastSpanUs);
    this.show(begin - margin, end + margin);
  }

  /** The slice of a track by its index, as the page tells of it. */
  slice(track, index, level = 0) {
    const list = track.levels[level];
    if (index < 0 || index >= list.length) return null;
    return {
      track,
      index,
      level,
      name: list.names[index],
      kind: list.kindOf[index],
      begin: list.begins[index],
      end: list.ends[index],
      args: list.args[index] ?? {},
    };
  }

  choose(slice) {
    this.chosen =
      slice?.level > 0 ? this.slice(slice.track, slice.track.levels[0].firstAfter(slice.begin)) : slice;
    if (slice) this.chosenLane = this.lanes.findIndex(({ track }) => track === slice.track);
    this.onChoice(this.chosen);
    this.redraw();
  }

  /** Scrolls a lane into view. */
  reveal(lane) {
    const { scrollTop } = this.host;
    const room = this.tall - this.top;
    if (lane.top < scrollTop) this.host.scrollTop = lane.top;
    else if (lane.top + lane.height > scrollTop + room) this.host.scrollTop = lane.top + lane.height - room;
  }
}
