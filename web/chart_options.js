// What each chart shows: functions from the selection to ECharts options.

function trafficOptions() {
  const megabyte = (get) => (point) => (get(point) == null ? null : get(point) / 1e6);
  const series = [];
  for (const scheme of selection.schemes) {
    const found = seriesPoints(scheme);
    const name = schemeName(scheme);
    series.push(line(`${name} fused`, found, megabyte(total), scheme, { filled: optimal }));
    series.push(
      line(
        `${name} every op alone`,
        found,
        megabyte((p) => p.totals.unfused_bytes),
        scheme,
        thin(aloneDashes, scheme),
      ),
    );
    if (found.some((point) => point && !optimal(point) && point.search.lower_bound_bytes != null))
      series.push(
        line(
          `${name} lower bound`,
          found,
          megabyte((p) => p.search.lower_bound_bytes),
          scheme,
          thin([2, 3], scheme),
        ),
      );
  }
  const any = xValues().map((_, i) => selection.schemes.map((s) => seriesPoints(s)[i]).find(Boolean) ?? null);
  series.push(
    line(
      "compulsory",
      any,
      megabyte((p) => p.totals.compulsory_bytes),
      "muted",
      thin([9, 3, 2, 3], "muted"),
    ),
  );
  return baseOptions(describedSchemes("DRAM traffic", total, megabytes), {
    xAxis: categoryAxis(),
    yAxis: valueAxis("MB"),
    series,
    grid: { left: 66, right: 24, top: 70, bottom: 44 },
    tooltip: { ...baseOptions("", {}).tooltip, formatter: axisTooltip((value) => megabytes(value * 1e6)) },
  });
}

/** Round bounds around all values, for a logarithmic axis. */
function logBounds(values) {
  const least = Math.min(...values),
    most = Math.max(...values);
  const step = 10 ** Math.floor(Math.log10(least));
  return [
    Math.floor(least / step) * step,
    Math.ceil(most / 10 ** Math.floor(Math.log10(most))) * 10 ** Math.floor(Math.log10(most)),
  ];
}

const analytic = (point) => point.totals.analytic.total_bytes;

/** Unconnected marks; `data` as ECharts wants it, each datum with the id of its point. */
function cloud(name, scheme, data, more = {}) {
  const itemStyle = { color: "transparent", borderColor: color(scheme), borderWidth: 1.5 };
  return { name, type: "scatter", symbol: symbolOf(scheme), symbolSize: 9, data, itemStyle, ...more };
}

function agreementSeries(shown, [least, most]) {
  const pairs = (wanted) =>
    shown
      .filter(wanted)
      .map((point) => ({ value: [analytic(point) / 1e6, total(point) / 1e6], id: point.id }));
  const { network } = selection;
  const ends = [
    [least, least],
    [most, most],
  ];
  const lineStyle = { color: color("muted"), width: 1, type: [4, 3] };
  const diagonal = { name: "y = x", type: "line", symbol: "none", silent: true, data: ends, lineStyle };
  const small = { symbol: "circle", symbolSize: 5, itemStyle: { color: color("muted"), opacity: 0.45 } };
  return [
    { ...diagonal, itemStyle: { opacity: 0 } },
    cloud(
      "other networks",
      "muted",
      pairs((p) => modelOf(p) !== network),
      small,
    ),
    ...selection.schemes.map((s) =>
      cloud(
        `${network} ${schemeName(s)}`,
        s,
        pairs((p) => modelOf(p) === network && schemeOf(p) === s),
      ),
    ),
  ];
}

function agreementOptions() {
  const shown = points.filter((point) => point.totals);
  const figures = shown.flatMap((p) => [analytic(p) / 1e6, total(p) / 1e6]);
  const [least, most] = logBounds(figures.length > 0 ? figures : [1, 10]);
  const differing = shown.filter((p) => analytic(p) !== total(p)).length;
  const log = { type: "log", min: least, max: most };
  const options = baseOptions(
    `Predicted against simulated DRAM traffic of ${plural(shown.length, "point")}; ${differing} differ.`,
    {
      series: agreementSeries(shown, [least, most]),
      xAxis: valueAxis("predicted, MB", { ...log, nameGap: 32 }),
      yAxis: valueAxis("simulated, MB", log),
    },
  );
  options.legend.itemWidth = 12;
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data: datum }) => {
    const point = pointOf(datum);
    return tooltipTable(`${modelOf(point)}, ${pointLabel(point)}`, [
      ["predicted", `${integer(analytic(point))} bytes`],
      ["simulated", `${integer(total(point))} bytes`],
    ]);
  };
  return options;
}

/** Patterns of the kinds, in their order, for readers without colour. */
const kindPatterns = [
  { symbol: "none" },
  {
    symbol: "rect",
    dashArrayX: [1, 0],
    dashArrayY: [2, 5],
    rotation: -Math.PI / 4,
    color: "rgba(0,0,0,.28)",
  },
  {
    symbol: "circle",
    symbolSize: 0.6,
    dashArrayX: [
      [6, 6],
      [0, 6, 6, 0],
    ],
    dashArrayY: [5, 0],
    color: "rgba(0,0,0,.32)",
  },
];

function kindSeries(scheme, kind) {
  const named = { show: kind === kinds.at(-1), formatter: schemeName(scheme), color: color("muted") };
  return {
    name: kind.name,
    type: "bar",
    stack: scheme,
    barMaxWidth: 34,
    barCategoryGap: "28%",
    itemStyle: { color: color(kind.color), borderColor: color("surface"), borderWidth: 1 },
    data: seriesPoints(scheme).map((p) => p && p.totals.simulated[kind.key] / 1e6),
    label: { ...named, position: "top", distance: 3, fontSize: 10 },
    tooltipName: `${schemeName(scheme)} ${kind.name}`,
  };
}

function kindsOptions() {
  const series = selection.schemes.flatMap((scheme) => kinds.map((kind) => kindSeries(scheme, kind)));
  const options = baseOptions(describedSchemes("DRAM traffic by kind", total, megabytes), {
    xAxis: categoryAxis(),
    yAxis: valueAxis("MB"),
    series,
  });
  options.aria.decal = { show: true, decals: kindPatterns };
  options.tooltip.formatter = (items) =>
    tooltipTable(
      `${selection.x} ${items[0].axisValue}`,
      items
        .filter((item) => item.value != null)
        .map((item) => [series[item.seriesIndex].tooltipName, megabytes(item.value * 1e6)]),
    );
  return options;
}

/** Those points that no other beats in both figures, ascending in the first. */
function front(pairs) {
  const sorted = [...pairs].sort((a, b) => a.value[0] - b.value[0] || a.value[1] - b.value[1]);
  let best = Infinity;
  return sorted.filter((pair) => pair.value[1] < best && ((best = pair.value[1]), true));
}

/** The front over the points of a scheme, the points behind it, and what nsga2 offered for each. */
function frontSeries(scheme) {
  const found = seriesPoints(scheme).filter(Boolean);
  const pair = (point, peak, bytes) => ({ value: [peak / 1024, bytes / 1e6], id: point.id });
  const pairs = found.map((p) => pair(p, p.totals.simulated.peak_buffer_bytes, total(p)));
  const offered = found.flatMap((p) =>
    (p.search.front ?? []).map((f) => pair(p, f.peak_buffer_bytes, f.network_bytes)),
  );
  const best = front(pairs);
  const name = schemeName(scheme);
  const solid = { lineStyle: { color: color(scheme), width: 1.5 }, itemStyle: { color: color(scheme) } };
  return [
    { name, type: "line", step: "end", symbol: symbolOf(scheme), symbolSize: 9, data: best, ...solid },
    cloud(
      `${name} beaten`,
      scheme,
      pairs.filter((one) => !best.includes(one)),
    ),
    cloud(`${name} NSGA-II front`, scheme, offered, { symbol: "triangle", symbolSize: 7 }),
  ].filter((series) => series.data.length > 0);
}

function frontOptions() {
  const options = baseOptions(describedSchemes("DRAM traffic and peak buffer", total, megabytes), {
    xAxis: valueAxis("peak buffer, KiB", { scale: true, nameGap: 30 }),
    yAxis: valueAxis("MB", { scale: true }),
    series: selection.schemes.flatMap(frontSeries),
  });
  options.legend.itemWidth = 12;
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data: { value, id } }) =>
    tooltipTable(pointLabel(pointOf({ id })), [
      ["peak buffer", kibibytes(value[0] * 1024)],
      ["DRAM traffic", megabytes(value[1] * 1e6)],
    ]);
  return options;
}
