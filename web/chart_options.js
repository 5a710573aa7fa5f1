// What each chart shows: functions from the selection to ECharts options.

const symbols = { lbdf: "circle", brr: "diamond" };
const symbolOf = (scheme) => symbols[scheme] ?? "rect";
const kinds = [
  { key: "ifmap_bytes", name: "input maps", color: "ifmap" },
  { key: "ofmap_bytes", name: "output maps", color: "ofmap" },
  { key: "weight_bytes", name: "weights", color: "weight" },
];

const label = () => ({ color: color("ink"), fontSize: 12 });

function valueAxis(name, more = {}) {
  return {
    type: "value",
    name,
    nameLocation: "middle",
    nameGap: 46,
    nameTextStyle: { ...label(), color: color("muted") },
    axisLabel: { color: color("muted"), hideOverlap: true },
    splitLine: { lineStyle: { color: color("line") } },
    axisLine: { lineStyle: { color: color("muted") } },
    ...more,
  };
}

function categoryAxis() {
  return {
    type: "category",
    name: selection.x,
    nameLocation: "middle",
    nameGap: 30,
    data: xValues(),
    nameTextStyle: { ...label(), color: color("muted") },
    axisLabel: { color: color("muted"), hideOverlap: true },
    axisLine: { lineStyle: { color: color("muted") } },
    axisTick: { alignWithLabel: true },
  };
}

function baseOptions(description, more) {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: color("ink") },
    aria: { enabled: true, label: { description } },
    grid: { left: 66, right: 24, top: 44, bottom: 50 },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 26,
      itemHeight: 10,
      itemGap: 14,
      textStyle: label(),
      inactiveColor: color("line"),
    },
    tooltip: {
      confine: true,
      backgroundColor: color("surface"),
      borderColor: color("line"),
      textStyle: label(),
      trigger: "axis",
    },
    ...more,
  };
}

/** A table in a tooltip; rows of [name, value], all escaped here. */
function tooltipTable(title, rows) {
  const body = rows
    .map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`)
    .join("");
  return `<table class="tip"><caption>${escaped(title)}</caption>${body}</table>`;
}

function axisTooltip(format) {
  return (items) => {
    const shown = items.filter((item) => item.value != null && !Number.isNaN(item.value));
    return tooltipTable(
      `${selection.x} ${items[0].axisValue}`,
      shown.map((item) => [item.seriesName, format(item.value)]),
    );
  };
}

/** A line of one figure per value of the x axis; hollow marks where `filled` says no. */
function line(name, found, value, scheme, more = {}) {
  const stroke = color(scheme);
  return {
    name,
    type: "line",
    symbol: symbolOf(scheme),
    symbolSize: 8,
    lineStyle: { color: stroke, width: 2 },
    itemStyle: { color: stroke, borderColor: stroke, borderWidth: 2 },
    data: found.map((point) => ({
      value: point && value(point),
      itemStyle: point && more.filled && !more.filled(point) ? { color: color("surface") } : undefined,
    })),
    ...more.style,
  };
}

const described = (found, value, format) => {
  const shown = found.map((point, i) => point && `${xValues()[i]}: ${format(value(point))}`).filter(Boolean);
  return shown.length > 0 ? shown.join(", ") : "no figures";
};

const describedSchemes = (what, value, format) =>
  `${what} of ${selection.network} against ${selection.x}. ` +
  selection.schemes.map((s) => `${schemeName(s)} ${described(seriesPoints(s), value, format)}`).join("; ");

function trafficOptions() {
  const megabyte = (get) => (point) => (get(point) == null ? null : get(point) / 1e6);
  const thin = (type, scheme) => ({
    style: { symbol: "none", lineStyle: { color: color(scheme), width: 1.5, type } },
  });
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
        thin([8, 4], scheme),
      ),
    );
    if (found.some((point) => point && !optimal(point)))
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
    grid: { left: 66, right: 24, top: 70, bottom: 50 },
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

function agreementOptions() {
  const shown = points.filter((point) => point.totals);
  const analytic = (p) => p.totals.analytic.total_bytes / 1e6;
  const simulated = (p) => p.totals.simulated.total_bytes / 1e6;
  const [least, most] = logBounds(
    shown.length > 0 ? shown.flatMap((p) => [analytic(p), simulated(p)]) : [1, 10],
  );
  const cloud = (name, scheme, some, more) => ({
    name,
    type: "scatter",
    symbol: symbolOf(scheme),
    symbolSize: 9,
    data: some.map((p) => ({ value: [analytic(p), simulated(p)], point: p })),
    itemStyle: { color: "transparent", borderColor: color(scheme), borderWidth: 1.5 },
    ...more,
  });
  const series = [
    {
      name: "y = x",
      type: "line",
      symbol: "none",
      silent: true,
      data: [
        [least, least],
        [most, most],
      ],
      lineStyle: { color: color("muted"), width: 1, type: [4, 3] },
    },
  ];
  series.push(
    cloud(
      "other networks",
      "muted",
      shown.filter((p) => modelOf(p) !== selection.network),
      {
        symbol: "circle",
        symbolSize: 5,
        itemStyle: { color: color("muted"), opacity: 0.45 },
      },
    ),
  );
  for (const s of selection.schemes)
    series.push(
      cloud(
        `${selection.network} ${schemeName(s)}`,
        s,
        shown.filter((p) => modelOf(p) === selection.network && schemeOf(p) === s),
      ),
    );
  const differing = shown.filter((p) => analytic(p) !== simulated(p)).length;
  const log = { type: "log", min: least, max: most };
  return baseOptions(
    `Predicted against simulated DRAM traffic of ${plural(shown.length, "point")}; ${differing} differ.`,
    {
      grid: { left: 66, right: 24, top: 70, bottom: 56 },
      series,
      xAxis: valueAxis("predicted, MB", { ...log, nameGap: 32 }),
      yAxis: valueAxis("simulated, MB", log),
      tooltip: {
        ...baseOptions("", {}).tooltip,
        trigger: "item",
        formatter: ({ data: { point } }) =>
          point
            ? tooltipTable(`${modelOf(point)}, ${pointLabel(point)}`, [
                ["predicted", `${integer(point.totals.analytic.total_bytes)} bytes`],
                ["simulated", `${integer(point.totals.simulated.total_bytes)} bytes`],
              ])
            : "",
      },
    },
  );
}

function kindsOptions() {
  const series = [];
  selection.schemes.forEach((scheme) =>
    kinds.forEach((kind, level) =>
      series.push({
        name: kind.name,
        type: "bar",
        stack: scheme,
        barMaxWidth: 34,
        barCategoryGap: "28%",
        itemStyle: { color: color(kind.color), borderColor: color("surface"), borderWidth: 1 },
        data: seriesPoints(scheme).map((p) => p && p.totals.simulated[kind.key] / 1e6),
        label: {
          show: level === kinds.length - 1,
          position: "top",
          distance: 3,
          formatter: schemeName(scheme),
          color: color("muted"),
          fontSize: 10,
        },
        tooltipName: `${schemeName(scheme)} ${kind.name}`,
      }),
    ),
  );
  const options = baseOptions(describedSchemes("DRAM traffic by kind", total, megabytes), {
    xAxis: categoryAxis(),
    yAxis: valueAxis("MB"),
    series,
  });
  options.aria.decal = {
    show: true,
    decals: [
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
    ],
  };
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

function frontOptions() {
  const series = [];
  for (const scheme of selection.schemes) {
    const stroke = color(scheme);
    const found = seriesPoints(scheme).filter(Boolean);
    const pairs = found.map((point) => ({
      value: [point.totals.simulated.peak_buffer_bytes / 1024, total(point) / 1e6],
      point,
    }));
    const best = front(pairs);
    series.push({
      name: schemeName(scheme),
      type: "line",
      step: "end",
      symbol: symbolOf(scheme),
      symbolSize: 9,
      data: best,
      lineStyle: { color: stroke, width: 1.5 },
      itemStyle: { color: stroke },
      label: {
        show: true,
        position: "top",
        color: color("muted"),
        fontSize: 10,
        formatter: (item) => axisOf(item.data.point, selection.x),
      },
      labelLayout: { hideOverlap: true },
    });
    const beaten = pairs.filter((pair) => !best.includes(pair));
    const proposed = found.flatMap((point) =>
      (point.search.front ?? []).map((f) => ({
        value: [f.peak_buffer_bytes / 1024, f.network_bytes / 1e6],
        point,
      })),
    );
    const hollow = { color: "transparent", borderColor: stroke, borderWidth: 1.5 };
    if (beaten.length > 0)
      series.push({
        name: `${schemeName(scheme)} beaten`,
        type: "scatter",
        symbol: symbolOf(scheme),
        symbolSize: 9,
        data: beaten,
        itemStyle: hollow,
      });
    if (proposed.length > 0)
      series.push({
        name: `${schemeName(scheme)} NSGA-II front`,
        type: "scatter",
        symbol: "triangle",
        symbolSize: 7,
        data: proposed,
        itemStyle: hollow,
      });
  }
  const options = baseOptions(describedSchemes("DRAM traffic and peak buffer", total, megabytes), {
    xAxis: valueAxis("peak buffer, KiB", { scale: true, nameGap: 30 }),
    yAxis: valueAxis("MB", { scale: true }),
    series,
  });
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data: { value, point } }) =>
    tooltipTable(pointLabel(point), [
      ["peak buffer", kibibytes(value[0] * 1024)],
      ["DRAM traffic", megabytes(value[1] * 1e6)],
    ]);
  return options;
}

function machineOptions(what, unit, value) {
  const format = (figure) => `${significant.format(figure)} ${unit}`;
  const series = selection.schemes.map((scheme) =>
    line(schemeName(scheme), seriesPoints(scheme), value, scheme),
  );
  const options = baseOptions(describedSchemes(what, value, format), {
    xAxis: categoryAxis(),
    yAxis: valueAxis(unit),
    series,
  });
  options.tooltip.formatter = axisTooltip(format);
  return options;
}

const charts = [
  {
    id: "traffic",
    title: "DRAM traffic",
    note: "Filled marks: the plan is proven optimal. Hollow: best found, with its proven lower bound.",
    options: trafficOptions,
  },
  {
    id: "agreement",
    title: "Prediction against machine",
    note: "Every point of the sweep. On the line, the machine moved what was predicted.",
    options: agreementOptions,
  },
  {
    id: "kinds",
    title: "Traffic by kind",
    note: "What the machine moved: input maps, output maps, weights.",
    options: kindsOptions,
  },
  {
    id: "front",
    title: "Traffic against peak buffer",
    note: "The line joins points that no other beats in both. Lower left is better.",
    options: frontOptions,
  },
  {
    id: "cycles",
    title: "Cycles",
    note: "Of the accelerator clock, on the simulated machine.",
    options: () => machineOptions("Cycles", "million", (p) => p.totals.simulated.cycles / 1e6),
  },
  {
    id: "energy",
    title: "Energy",
    note: "Array, vector unit, buffer and DRAM.",
    options: () => machineOptions("Energy", "mJ", (p) => p.totals.simulated.energy_pj / 1e9),
  },
];
