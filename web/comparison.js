// Designs compared: any two axes against each other in panels, and the searches beside each other.

/** What designs are compared by; `alone`: the same of every op alone, as predicted. */
const measures = {
  traffic: {
    name: "DRAM traffic",
    unit: "MB",
    value: (p) => total(p) / 1e6,
    alone: (p) => p.totals.unfused_bytes / 1e6,
  },
  time: {
    name: "time",
    unit: "ms",
    value: milliseconds,
    alone: (p, plan) => plan.cycles / (1000 * p.clock_mhz),
  },
  energy: { name: "energy", unit: "mJ", value: millijoules, alone: (p, plan) => plan.energy_pj / 1e9 },
  edp: { name: "EDP", unit: "mJ × ms", value: edp, alone: planEdp },
  edp_area: {
    name: "EDP × area",
    unit: "mJ × ms × mm²",
    value: edpArea,
    alone: (p, plan) => planEdp(p, plan) * area(p),
  },
};

/** Everything that varies, network and scheme too: {name, of(point), values}. */
const dimensions = [
  ...(networks.length > 1 ? [{ name: "network", of: modelOf, values: networks }] : []),
  ...(schemes.length > 1
    ? [{ name: "scheme", of: (p) => schemeName(schemeOf(p)), values: schemes.map(schemeName) }]
    : []),
  ...varied,
];
const dimensionNamed = (name) => dimensions.find((one) => one.name === name);

/** Colours, marks and strokes for the values of an axis. */
const valueLooks = [
  { color: "c6", symbol: "circle", type: "solid" },
  { color: "c5", symbol: "diamond", type: "solid" },
  { color: "c2", symbol: "rect", type: "solid" },
  { color: "c4", symbol: "triangle", type: "solid" },
  { color: "c1", symbol: "circle", type: [6, 3] },
  { color: "c0", symbol: "diamond", type: [6, 3] },
  { color: "c7", symbol: "rect", type: [6, 3] },
  { color: "c3", symbol: "triangle", type: [6, 3] },
];

function lookOf(dimension, index) {
  if (dimension?.name !== "scheme") return valueLooks[index % valueLooks.length];
  const scheme = schemes[index];
  return { color: schemeLooks[scheme] ? scheme : "c7", symbol: symbolOf(scheme), type: "solid" };
}

/**
 * Points with a figure that a comparison may show: of the chosen network unless networks are compared, of the schemes
 * shown, without base lines unless searches are; axes that are not compared are held where they are, or free.
 */
function comparedPoints({ x, color: hue, panels, others, measure }) {
  const compared = [x, hue, panels];
  const searching = searchAxis && compared.includes(searchAxis.name);
  return points.filter(
    (p) =>
      p.totals &&
      measures[measure].value(p) != null &&
      (compared.includes("network") || modelOf(p) === selection.network) &&
      (compared.includes("scheme") || selection.schemes.includes(schemeOf(p))) &&
      (searching || !isBaseLine(p)) &&
      (others === "best" ||
        varied.every(({ name, of }) => compared.includes(name) || of(p) === selection.fixed[name])),
  );
}

/** The lines of a panel: per value of the colour axis the best point at each value of x, or null. */
function comparedLines(spec, found) {
  const x = dimensionNamed(spec.x);
  const hue = dimensionNamed(spec.color);
  const { value } = measures[spec.measure];
  const bestOf = (all) => all.reduce((best, p) => (best && value(best) <= value(p) ? best : p), null);
  return (hue?.values ?? [""])
    .map((shown, index) => ({
      name: shown,
      look: lookOf(hue, index),
      best: x.values.map((at) =>
        bestOf(found.filter((p) => x.of(p) === at && (!hue || hue.of(p) === shown))),
      ),
    }))
    .filter((line) => line.best.some(Boolean));
}

/** Panels with something in them: [{title, lines}]. */
function comparedPanels(spec) {
  const found = comparedPoints(spec);
  const panels = dimensionNamed(spec.panels);
  const split = panels
    ? panels.values.map((title) => ({ title, found: found.filter((p) => panels.of(p) === title) }))
    : [{ title: "", found }];
  return split
    .map(({ title, found: of }) => ({ title, lines: comparedLines(spec, of) }))
    .filter(({ lines }) => lines.length > 0);
}

const shownPointsOf = ({ lines }) => lines.flatMap(({ best }) => best.filter(Boolean));

function comparedSeries(spec, panel, index) {
  const { name: measured, value } = measures[spec.measure];
  const figures = shownPointsOf(panel).map(value);
  const least = figures.length > 1 ? Math.min(...figures) : null;
  const joined = dimensionNamed(spec.x).values.every((text) => !Number.isNaN(magnitude(text)));
  const halo = { textBorderColor: color("surface"), textBorderWidth: 3 };
  const word = {
    show: true,
    formatter: "best",
    position: "top",
    color: color("ink"),
    fontSize: 11,
    ...halo,
  };
  return panel.lines.map(({ name, look, best }) => {
    const base = name === baseLine;
    const stroke = color(base ? "muted" : look.color);
    const datum = (point) => {
      const isLeast = point && value(point) === least;
      return {
        value: point && value(point),
        id: point?.id,
        symbolSize: isLeast ? 13 : 8,
        ...(isLeast && { label: word }),
      };
    };
    const width = joined ? (base ? 1.5 : 2) : 0;
    return {
      name: base ? "unfused (base line)" : name || measured,
      type: "line",
      xAxisIndex: index,
      yAxisIndex: index,
      symbol: base && joined ? "none" : look.symbol,
      connectNulls: true,
      lineStyle: { color: stroke, width, type: base ? aloneDashes : look.type },
      itemStyle: { color: stroke, borderColor: stroke },
      data: best.map(datum),
    };
  });
}

/** Every op alone at the points of a panel, as predicted: what searches are measured by if the sweep has no such run. */
function aloneSeries(spec, panel, index) {
  const { alone } = measures[spec.measure];
  const places = dimensionNamed(spec.x).values.map(
    (_, i) => panel.lines.map(({ best }) => best[i]).find(Boolean) ?? null,
  );
  const value = (point) => {
    const plan = point && alternative(point, null);
    return plan ? alone(point, plan) : null;
  };
  return {
    name: "every op alone (base line, predicted)",
    type: "line",
    xAxisIndex: index,
    yAxisIndex: index,
    symbol: "none",
    silent: true,
    lineStyle: { color: color("muted"), width: 1.5, type: aloneDashes },
    itemStyle: { opacity: 0 },
    data: places.map((point) => ({ value: value(point), id: point?.id })),
  };
}

const panelTall = 250;

/** Places of panels in pixels: as many in a row as are wide enough, at most three. */
function panelGrid(count, width) {
  const across = Math.max(1, Math.min(3, count, Math.floor(width / 320)));
  const each = width / across;
  const place = (i) => ({
    left: (i % across) * each + 58,
    width: each - 82,
    top: 66 + Math.floor(i / across) * panelTall,
    height: panelTall - 78,
  });
  return { height: 44 + Math.ceil(count / across) * panelTall, place };
}

/** From this ratio of worst to best on, the scale is logarithmic: differences between good designs stay visible. */
const farApart = 8;

const niceCeiling = (value) => {
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((top) => top >= value);
};

/** A logarithmic scale of powers of two around two figures. */
const doublings = (least, most) => ({
  type: "log",
  logBase: 2,
  min: 2 ** Math.floor(Math.log2(least)),
  max: 2 ** Math.ceil(Math.log2(most)),
});

/** The scale of figures: {min, max} from 0, or logarithmic. */
function scaleOf(figures) {
  const least = Math.min(...figures),
    most = Math.max(...figures);
  if (!(least > 0) || most / least < farApart) return { min: 0, max: niceCeiling(most) || 1 };
  return doublings(least, most);
}

/** Pixels that a comparison needs below each other. */
const comparisonHeight = (spec, width) => panelGrid(Math.max(1, comparedPanels(spec).length), width).height;

function comparisonOptions(spec, width) {
  const panels = comparedPanels(spec);
  const { unit, value } = measures[spec.measure];
  const { place } = panelGrid(panels.length, width);
  const figures = panels.map((panel) => shownPointsOf(panel).map(value));
  // the same scale in all panels, but not for networks of different sizes
  const scales = figures.map((own) => scaleOf(spec.panels === "network" ? own : figures.flat()));
  const along = { ...categoryAxis(), name: spec.x, data: dimensionNamed(spec.x).values };
  const options = baseOptions(describedComparison(spec, panels), {
    grid: panels.map((_, i) => place(i)),
    xAxis: panels.map((_, i) => ({ ...along, gridIndex: i })),
    yAxis: panels.map((_, i) => valueAxis(unit, { gridIndex: i, nameGap: 42, ...scales[i] })),
    series: panels.flatMap((panel, i) => [
      ...comparedSeries(spec, panel, i),
      ...(spec.alone ? [aloneSeries(spec, panel, i)] : []),
    ]),
    title: panels.map(({ title }, i) => ({
      text: title && `${spec.panels} ${title}`,
      left: place(i).left,
      top: place(i).top - 30,
      textStyle: { ...label(), fontWeight: 600 },
    })),
  });
  options.legend.type = "scroll";
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data: datum }) => comparedTip(spec.measure, pointOf(datum));
  return options;
}

/** The measure first, then the others. */
function comparedTip(measure, point) {
  const keys = [measure, ...Object.keys(measures).filter((key) => key !== measure)];
  const shown = ({ value, unit }) => (value(point) == null ? "–" : `${figure(value(point))} ${unit}`);
  return tooltipTable(
    `${modelOf(point)}, ${pointLabel(point)}`,
    keys.map((key) => [measures[key].name, shown(measures[key])]),
  );
}

function describedComparison(spec, panels) {
  const { name, unit, value } = measures[spec.measure];
  const { values } = dimensionNamed(spec.x);
  const said = panels.flatMap(({ title, lines }) =>
    lines.map(({ name: line, best }) => {
      const figures = best.map((p, i) => p && `${values[i]}: ${figure(value(p))}`).filter(Boolean);
      return `${[title, line].filter(Boolean).join(", ")} ${figures.join(", ")}`;
    }),
  );
  return `${name}, ${unit}, against ${spec.x}. ${said.join("; ")}.`;
}
