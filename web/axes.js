// Axes of the sweep, and which of their values are chosen.

const settingOf = (point, name) => point.axes[name] ?? data.sweep.fixed[name] ?? "";
const modelPath = (point) => settingOf(point, "model") || point.model;
const schemeOf = (point) => settingOf(point, "fusion") || point.fusion;
const modelNames = shortNames(unique(points.map(modelPath)));
const modelOf = (point) => modelNames.get(modelPath(point));
const networks = unique(points.map(modelOf));
const schemes = unique(points.map(schemeOf));

/** "pe (rows × columns)" of pe.rows and pe.columns. */
function zippedName(parts) {
  const folder = parts[0].slice(0, parts[0].lastIndexOf(".") + 1);
  if (folder === "" || !parts.every((part) => part.startsWith(folder))) return parts.join(" × ");
  return `${folder.slice(0, -1)} (${parts.map((part) => part.slice(folder.length)).join(" × ")})`;
}

/** "16x64" of settings that are magnitudes; other settings with a slash between. */
function zippedValue(values) {
  return values.join(values.some((value) => Number.isNaN(magnitude(value))) ? " / " : "x");
}

function makeAxis(parts) {
  const text = (point) => zippedValue(parts.map((name) => String(settingOf(point, name))));
  const known = new Map(points.map((point) => [point, text(point)]));
  const of = (point) => known.get(point);
  const name = parts.length === 1 ? parts[0] : zippedName(parts);
  const short = name.replace(/ \(.*\)$/, "");
  return { name, short, parts, of, values: ordered(unique(points.map(of))) };
}

/** Settings that vary, besides network and scheme; what advances together is one axis. */
function settingAxes() {
  const names = data.axes.map(({ name }) => name).filter((name) => name !== "model" && name !== "fusion");
  const zips = data.sweep.zip.map((zip) => zip.filter((name) => names.includes(name)));
  const groups = unique(names.map((name) => zips.find((zip) => zip.includes(name)) ?? name));
  return groups.map((one) => makeAxis([one].flat()));
}

/** Axes besides network and scheme: {name, short, parts, of(point), values}; values are text, ascending where they are numbers. */
const otherAxes = settingAxes();
if (otherAxes.length === 0)
  otherAxes.push({ name: "machine", short: "machine", parts: [], of: () => "", values: [""] });
const varied = otherAxes.filter((axis) => axis.values.length > 1);
const axisNamed = (name) => otherAxes.find((axis) => axis.name === name);
const searchAxis = varied.find(({ parts }) => parts.includes("search"));
/** Every op alone: what searches are measured by, and no design. */
const baseLine = "unfused";
const isBaseLine = (point) => settingOf(point, "search") === baseLine;

const widest = varied.reduce(
  (best, axis) => (axis.values.length > (best?.values.length ?? 1) ? axis : best),
  null,
);
const bufferAxis = varied.find((axis) => axis.name.startsWith("buffer"));

/** Network, schemes shown, x axis, values of the axes that are held fixed. */
const selection = {
  network: networks[0],
  schemes: [...schemes],
  x: (bufferAxis ?? widest ?? otherAxes[0]).name,
  fixed: Object.fromEntries(
    otherAxes.map(({ name, parts, values }) => [
      name,
      (parts.includes("search") && values.find((value) => value !== baseLine)) || values[0],
    ]),
  ),
};

const xValues = () => axisNamed(selection.x).values;

function matches(point, x) {
  return otherAxes.every(({ name, of }) => of(point) === (name === selection.x ? x : selection.fixed[name]));
}

/** The point of a network and scheme at a value of the x axis; undefined if the sweep has none. */
function pointAt(network, scheme, x) {
  return points.find((p) => modelOf(p) === network && schemeOf(p) === scheme && matches(p, x));
}

/** Per value of the x axis the point with figures, or null. */
function seriesPoints(scheme) {
  return xValues().map((x) => {
    const point = pointAt(selection.network, scheme, x);
    return point?.totals ? point : null;
  });
}

/**
 * Moves the axes that are held fixed to where the sweep has points of the network and the schemes shown: first with
 * figures, first at `wanted` ({axis: value}), then where most of them stay as they are.
 */
function settle(wanted = {}) {
  const rank = (point) => {
    const kept = otherAxes.filter(({ name, of }) => of(point) === selection.fixed[name]).length;
    const meant = Object.entries(wanted).filter(
      ([name, value]) => axisNamed(name).of(point) === value,
    ).length;
    return (point.totals ? 1e6 : 0) + 1e3 * meant + kept;
  };
  const of = points.filter(
    (p) => modelOf(p) === selection.network && selection.schemes.includes(schemeOf(p)),
  );
  if (of.length === 0) return;
  const best = of.reduce((a, b) => (rank(b) > rank(a) ? b : a));
  selection.fixed = Object.fromEntries(otherAxes.map((axis) => [axis.name, axis.of(best)]));
}

/** "LBDF, buffer 128KiB": what tells a point from the others of its network. */
function pointLabel(point) {
  return [schemeName(schemeOf(point)), ...varied.map(({ short, of }) => `${short} ${of(point)}`)].join(", ");
}
