// The sweep, and what its points say.

const data = JSON.parse(document.getElementById("data").textContent);
const points = data.points;
const pointsById = new Map(points.map((point) => [point.id, point]));
/** The point that a mark of a chart stands for: marks have its id alone, as ECharts copies what it is given. */
const pointOf = (datum) => pointsById.get(datum.id);

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
