// Draws what a window of a timeline shows onto a canvas: work by pixels, not by slices.

const laneEdges = { left: 208, right: 64, axis: 26, overview: 34 };
/** Arrows are drawn if no more than these lie in the window. */
const mostArrows = 260;
/** This far from the beginning, in a unit, ticks keep that unit and get a fraction. */
const mostTickUnits = 100;
/** Slices narrower than this share their pixel column with their neighbours. */
const narrowest = 2;

const timeUnits = [
  { name: "s", us: 1e6 },
  { name: "ms", us: 1e3 },
  { name: "µs", us: 1 },
  { name: "ns", us: 1e-3 },
  { name: "ps", us: 1e-6 },
];

/** "3.08 ms" of microseconds. */
function duration(us) {
  if (us === 0) return "0 µs";
  const unit = timeUnits.find((one) => Math.abs(us) >= one.us) ?? timeUnits.at(-1);
  return `${significant.format(us / unit.us)} ${unit.name}`;
}

/** A moment to the nanosecond or finer, so that neighbours differ. */
function moment(us) {
  return `${new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 }).format(us)} µs`;
}

/** The step of 1, 2 or 5 times a power of ten that divides `span` into at most `most` parts. */
function niceStep(span, most) {
  const least = span / most;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least);
}

/** What is drawn with: context, colours, and where moments lie. */
class TimelinePaint {
  constructor(context, width, from, to) {
    Object.assign(this, { context, from, to, left: laneEdges.left });
    this.right = width - laneEdges.right;
    this.scale = (this.right - this.left) / (to - from);
    this.colors = new Map();
  }

  x(at) {
    return this.left + (at - this.from) * this.scale;
  }

  /** The moment at which a pixel column begins; column 0 is the first of the window. */
  at(column) {
    return this.from + column / this.scale;
  }

  get columns() {
    return Math.ceil(this.right - this.left);
  }

  color(name) {
    if (!this.colors.has(name)) this.colors.set(name, color(name));
    return this.colors.get(name);
  }

  fill(name, x, y, width, height) {
    this.context.fillStyle = this.color(name);
    this.context.fillRect(x, y, width, height);
  }

  text(text, x, y, { fill = "ink", align = "left", weight = 400, size = 12 } = {}) {
    this.context.fillStyle = this.color(fill);
    this.context.textAlign = align;
    this.context.font = `${weight} ${size}px ${this.family}`;
    this.context.fillText(text, x, y);
  }

  /** As much of the text as fits, its end where it is a path. */
  fitted(text, width, size = 12) {
    const most = Math.floor(width / (size * 0.61));
    if (text.length <= most) return text;
    if (most < 4) return "";
    return text.includes("/") ? `…${text.slice(1 - most)}` : `${text.slice(0, most - 1)}…`;
  }
}

function drawSlice(paint, list, i, y, height, labelled) {
  const kind = timelineKinds[list.kindOf[i]];
  const x0 = Math.max(paint.left, paint.x(list.begins[i]));
  const x1 = Math.min(paint.right, paint.x(list.ends[i]));
  const gap = x1 - x0 > 5 ? 0.75 : 0;
  paint.fill(kind.color, x0, y, x1 - x0 - gap, height);
  if (!labelled || x1 - x0 < 34) return;
  const text = paint.fitted(list.names[i], x1 - x0 - 8, 11);
  paint.text(text, x0 + 4, y + Math.min(height, 20) / 2 + 4, {
    fill: kind.text ?? "on-light",
    size: 11,
  });
}

/** One pixel column that several slices share: what part of it each kind fills, from the bottom up. */
function drawShare(paint, list, column, y, height) {
  let bottom = y + height;
  for (const kind of list.kinds) {
    const share = list.share(paint.at(column), paint.at(column + 1), kind);
    if (share <= 0) continue;
    const tall = Math.max(1, share * height);
    paint.fill(timelineKinds[kind].color, paint.left + column, bottom - tall, 1, tall);
    bottom -= share * height;
  }
}

function drawSlices(paint, list, y, height, labelled) {
  let i = list.firstAfter(paint.from);
  for (let next = 0; i < list.length && list.begins[i] < paint.to;) {
    if ((list.ends[i] - list.begins[i]) * paint.scale >= narrowest) {
      drawSlice(paint, list, i, y, height, labelled);
      ++i;
      continue;
    }
    const column = Math.max(next, Math.floor(paint.x(list.begins[i]) - paint.left));
    if (column >= paint.columns) return;
    drawShare(paint, list, column, y, height);
    next = column + 1;
    i = Math.max(i + 1, list.firstAfter(paint.at(next)));
  }
}

function drawSteps(paint, lane, y) {
  const height = lane.height - 5;
  const tall = (value) => (value / lane.most) * height;
  for (let column = 0; column < paint.columns; ++column) {
    const from = paint.at(column),
      to = paint.at(column + 1);
    const whole = lane.whole.max(from, to);
    if (whole <= 0) continue;
    const held = lane.held.max(from, to);
    paint.fill("whole", paint.left + column, y + height - tall(whole), 1, tall(whole));
    if (held > 0) paint.fill("held", paint.left + column, y + height - tall(held), 1, tall(held));
  }
}

/** What a lane does in the window, in a word: its busy share, or the most that it holds. */
function laneFigure(lane, from, to) {
  if (lane.type === "slices") return percent(lane.track.levels[0].share(from, to));
  if (lane.type !== "steps") return "";
  const most = lane.held.max(from, to);
  return lane.unit === "B" ? kibibytes(most) : significant.format(lane.held.mean(from, to));
}

function drawLane(paint, lane, y, chosen) {
  const middle = y + lane.height / 2 + 4;
  if (lane.type === "head") {
    paint.fill("band", 0, y, paint.right + laneEdges.right, lane.height - 2);
    return paint.text(`${lane.section.open ? "▾" : "▸"} ${lane.name}`, 6, middle, { weight: 640 });
  }
  if (chosen) paint.fill("chosen", 0, y, paint.right + laneEdges.right, lane.height);
  const size = lane.height < 16 ? 10.5 : 12;
  const label = lane.type === "note" ? lane.name : paint.fitted(lane.name, paint.left - 18, size);
  paint.text(label, 10, middle, { fill: "muted", size });
  if (lane.type === "note") return;
  paint.text(laneFigure(lane, paint.from, paint.to), paint.right + laneEdges.right - 4, middle, {
    fill: "muted",
    align: "right",
    size,
  });
  if (lane.type === "steps") return drawSteps(paint, lane, y + 3);
  lane.track.levels.forEach((list, level) => {
    if (level === 0) drawSlices(paint, list, y + 1, lane.height - 3, lane.height > 15);
    else drawSlices(paint, list, y + lane.height - 8, 6, false);
  });
}

function drawAxis(paint, height) {
  const step = niceStep(paint.to - paint.from, Math.max(2, (paint.right - paint.left) / 110));
  const unit =
    timeUnits.find((one) => step >= one.us * 0.999 || paint.to >= one.us * mostTickUnits) ?? timeUnits.at(-1);
  const format = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
  const first = Math.ceil(paint.from / step);
  for (let i = first; i * step <= paint.to; ++i) {
    const x = paint.x(i * step);
    paint.fill("line", x, laneEdges.axis - 4, 1, height);
    if (x > paint.right - 20) continue;
    paint.text(`${format.format((i * step) / unit.us)} ${unit.name}`, x, laneEdges.axis - 10, {
      fill: "muted",
      align: "center",
      size: 11,
    });
  }
  paint.text("in view", paint.right + laneEdges.right - 4, laneEdges.axis - 10, {
    fill: "muted",
    align: "right",
    size: 11,
  });
}

/** The whole run as one strip, and the window in it. */
function drawOverview(paint, timeline, window) {
  const { context } = paint;
  const top = 4,
    height = laneEdges.overview - 10;
  paint.fill("band", paint.left, top, paint.right - paint.left, height);
  const units = timeline.tracks.filter((track) => /^(array|vector unit)$/.test(track.name));
  const shown = units.length > 0 ? units : timeline.tracks.slice(0, 1);
  for (let column = 0; column < paint.columns; ++column) {
    let bottom = top + height;
    for (const { levels } of shown)
      for (const kind of levels[0].kinds) {
        const tall = levels[0].share(paint.at(column), paint.at(column + 1), kind) * height;
        paint.fill(timelineKinds[kind].color, paint.left + column, Math.max(top, bottom - tall), 1, tall);
        bottom -= tall;
      }
  }
  const x0 = paint.x(window.from),
    x1 = Math.max(paint.x(window.to), paint.x(window.from) + 3);
  context.globalAlpha = 0.65;
  paint.fill("page", paint.left, top, x0 - paint.left, height);
  paint.fill("page", x1, top, paint.right - x1, height);
  context.globalAlpha = 1;
  context.strokeStyle = paint.color("accent");
  context.lineWidth = 1.5;
  context.strokeRect(x0, top, x1 - x0, height);
  paint.text("whole run", 10, top + height / 2 + 4, { fill: "muted" });
}

/** Arrows that may be seen in a window, at most `most` of them or none: those whose ends do not both lie on one side. */
function arrowsIn(arrows, from, to, most) {
  const last = countBelow(arrows.leaves, to);
  const found = [];
  for (let i = last - 1; i >= 0 && arrows.latest[i] >= from; --i) {
    if (arrows.list[i].comes >= from) found.push(arrows.list[i]);
    if (found.length > most || last - i > 20 * most) return [];
  }
  return found;
}

function drawArrow(paint, arrow, yOf, strong) {
  const from = yOf(arrow.from),
    to = yOf(arrow.to);
  if (from == null || to == null) return;
  const { context } = paint;
  const x1 = paint.x(arrow.to.levels[0].begins[arrow.toSlice]);
  const x0 = Math.min(x1, paint.x(arrow.from.levels[0].ends[arrow.fromSlice]));
  const bend = Math.max(8, Math.min(60, (x1 - x0) / 2));
  context.beginPath();
  context.moveTo(x0, from);
  context.bezierCurveTo(x0 + bend, from, x1 - bend, to, x1, to);
  context.strokeStyle = paint.color(strong ? "accent" : "arrow");
  context.lineWidth = strong ? 2 : 1;
  context.stroke();
  context.beginPath();
  context.moveTo(x1, to);
  context.lineTo(x1 - 6, to - 3.5);
  context.lineTo(x1 - 6, to + 3.5);
  context.fillStyle = context.strokeStyle;
  context.fill();
}
