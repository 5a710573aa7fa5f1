// The section that compares designs: its selectors, and the charts of comparison.js and sensitivity.js.

/** Shapes before other axes, and searches last: what a reader most likely wants told apart. */
function likelyColor(x) {
  const rank = ({ name }) =>
    [/^pe\b/, /^dram/, /^(?!search)/, /./].findIndex((pattern) => pattern.test(name));
  const open = varied.filter(({ name }) => name !== x);
  return open.toSorted((a, b) => rank(a) - rank(b))[0]?.name ?? dimensionNamed("scheme")?.name ?? null;
}

/** What is compared: the measure, the axes along x, by colour and by panel, and what becomes of the others. */
const comparing = { measure: "edp", x: null, color: null, panels: null, others: "best" };

function initComparing() {
  const x = dimensionNamed(selection.x) ?? dimensions.at(-1);
  comparing.x = x?.name ?? null;
  comparing.color = x ? likelyColor(x.name) : null;
  if (comparing.color === comparing.x) comparing.color = null;
  const scheme = dimensionNamed("scheme")?.name ?? null;
  comparing.panels = [comparing.x, comparing.color].includes(scheme) ? null : scheme;
}

/** The searches beside each other along the axis of the other charts, a panel per scheme. */
function searchesSpec() {
  const along = [selection.x, ...varied.map(({ name }) => name)].find((name) => name !== searchAxis.name);
  return {
    measure: comparing.measure,
    x: along ?? searchAxis.name,
    color: along ? searchAxis.name : null,
    panels: selection.schemes.length > 1 ? "scheme" : null,
    others: "held",
    alone: !searchAxis.values.includes(baseLine),
  };
}

const pressed = (datum) => showGroupsOf(pointOf(datum));
const comparedCharts = [
  {
    id: "compare",
    title: "Any axis against any other",
    note: "Each mark is a point of the sweep: the best one over the axes that are not shown, or the one held above. Press it to see its groups.",
    options: (width) => comparisonOptions(comparing, width),
    height: (width) => comparisonHeight(comparing, width),
    wide: true,
    press: pressed,
  },
  {
    id: "searches",
    title: "Searches",
    note: "Plans that the searches found, other axes held as above. Dashed: every op alone.",
    shown: () => searchAxis != null && comparedPoints(searchesSpec()).length > 0,
    options: (width) => comparisonOptions(searchesSpec(), width),
    height: (width) => comparisonHeight(searchesSpec(), width),
    wide: true,
    press: pressed,
  },
  {
    id: "sensitivity",
    title: "Which axis matters",
    note: "The worst value of an axis over its best, all else equal; logarithmic. Bars: in the middle of all settings of the others; marks: at the most.",
    shown: () => sensitivities(comparing.measure).length > 0,
    options: sensitivityOptions,
    wide: true,
  },
];

/** An axis that another selector had goes to it in exchange. */
function compareBy(role, name) {
  for (const other of ["x", "color", "panels"])
    if (other !== role && comparing[other] === name && name != null) comparing[other] = comparing[role];
  comparing[role] = name;
  drawComparedAxes();
}

function compareOthers(value) {
  comparing.others = value;
  drawComparedAxes();
}

function compareMeasure(value) {
  comparing.measure = value;
  drawComparison();
}

function drawCompareControls() {
  const none = "none";
  const names = dimensions.map(({ name }) => name);
  const axis = (label, role, values) =>
    selectControl(label, values, comparing[role] ?? none, (value) =>
      compareBy(role, value === none ? null : value),
    );
  const known = Object.keys(measures).filter((key) =>
    points.some((p) => p.totals && measures[key].value(p) != null),
  );
  const others = { best: "the best of all", held: "held as above" };
  const controls = [
    selectControl("Measure", known, comparing.measure, compareMeasure, (key) => measures[key].name),
    axis("Along", "x", names),
    ...(names.length > 1 ? [axis("Colour", "color", [none, ...names])] : []),
    ...(names.length > 2 ? [axis("Panels", "panels", [none, ...names])] : []),
    selectControl("Other axes", Object.keys(others), comparing.others, compareOthers, (key) => others[key]),
  ];
  replaceControls("compare-controls", controls);
}

/** Redraws what depends on the axes that are compared. */
function drawComparedAxes() {
  drawCompareControls();
  drawPanels(comparedPanelsOnPage.filter(({ chart }) => chart.id === "compare"));
}

/** Redraws the section; it is hidden where nothing varies, or the network has no figures. */
function drawComparison() {
  const section = document.getElementById("compare");
  section.hidden = comparing.x == null || comparedPoints({ ...comparing, others: "best" }).length === 0;
  if (section.hidden) return;
  drawCompareControls();
  drawPanels(comparedPanelsOnPage);
}
