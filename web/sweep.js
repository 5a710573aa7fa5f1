// The sweep and what of it is selected.

const data = JSON.parse(document.getElementById("data").textContent);
const points = data.points;

const axisOf = (point, name) => point.axes[name] ?? data.sweep.fixed[name] ?? "";
const modelPath = (point) => axisOf(point, "model") || point.model;
const schemeOf = (point) => axisOf(point, "fusion") || point.fusion;
const modelNames = shortNames(unique(points.map(modelPath)));
const modelOf = (point) => modelNames.get(modelPath(point));
const networks = unique(points.map(modelOf));
const schemes = unique(points.map(schemeOf));

/** Axes besides network and scheme, each with its values as text, ascending where they are numbers. */
const otherAxes = data.axes
  .filter(({ name }) => name !== "model" && name !== "fusion")
  .map(({ name }) => ({ name, values: ordered(unique(points.map((p) => String(axisOf(p, name))))) }));
if (otherAxes.length === 0) otherAxes.push({ name: "machine", values: [""] });

const confirmed = (point) => point.totals != null && point.totals.mismatched_groups === 0;
const total = (point) => point.totals.simulated.total_bytes;
const optimal = (point) => point.search.optimal === true;

const milliseconds = (point) => point.totals.simulated.cycles / (1000 * point.clock_mhz);
const millijoules = (point) => point.totals.simulated.energy_pj / 1e9;
/** Energy-delay product, mJ x ms. */
const edp = (point) => milliseconds(point) * millijoules(point);
const area = (point) => point.totals?.area_mm2?.total ?? null;
const edpArea = (point) => (area(point) == null ? null : edp(point) * area(point));

/** The plan that a point's report compares with and that this objective asks for; null: every op alone. */
const alternative = (point, objective) =>
  point.alternatives.find((plan) => plan.objective === objective) ?? null;
/** The energy-delay product of a plan as predicted on the machine of a point. */
const planEdp = (point, plan) => (plan.energy_pj / 1e9) * (plan.cycles / (1000 * point.clock_mhz));

/** Share of the traffic of every op alone that fusion saves; null where that is not known. */
function saving(point) {
  const unfused = point?.totals?.unfused_bytes;
  return unfused ? 1 - total(point) / unfused : null;
}

/** How far above its proven lower bound a plan may lie, as a share of the bound; null without a bound. */
function gap(point) {
  const bound = point?.search?.lower_bound_bytes;
  return bound ? Math.max(0, point.totals.analytic.total_bytes / bound - 1) : null;
}

const widest = otherAxes.reduce(
  (best, axis) => (axis.values.length > (best?.values.length ?? 1) ? axis : best),
  null,
);
const bufferAxis = otherAxes.find((axis) => axis.name.startsWith("buffer") && axis.values.length > 1);

/** Network, schemes shown, x axis, values of the axes that are held fixed. */
const selection = {
  network: networks[0],
  schemes: [...schemes],
  x: (bufferAxis ?? widest ?? otherAxes[0]).name,
  fixed: Object.fromEntries(otherAxes.map((axis) => [axis.name, axis.values[0]])),
};

const xValues = () => otherAxes.find((axis) => axis.name === selection.x).values;

function matches(point, x) {
  return otherAxes.every(
    ({ name }) => String(axisOf(point, name)) === (name === selection.x ? x : selection.fixed[name]),
  );
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

/** "lbdf, buffer 128KiB": what tells a point from the others of its network. */
function pointLabel(point) {
  const rest = otherAxes
    .filter((axis) => axis.values.length > 1)
    .map(({ name }) => `${name} ${axisOf(point, name)}`);
  return [schemeName(schemeOf(point)), ...rest].join(", ");
}
