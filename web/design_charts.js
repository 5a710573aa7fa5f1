// Time, energy and their product, which an architect sizes a machine by; and the list of all charts.

/** The least figure of a line gets a larger mark and a word. */
function markLeast(series) {
  const figures = series.data.filter((datum) => datum.value != null);
  if (figures.length < 2) return series;
  const least = figures.reduce((best, datum) => (datum.value < best.value ? datum : best));
  least.symbolSize = 13;
  const halo = { textBorderColor: color("surface"), textBorderWidth: 3 };
  least.label = {
    show: true,
    formatter: "best",
    position: "top",
    color: color("ink"),
    fontSize: 11,
    ...halo,
  };
  return series;
}

/**
 * A figure of the simulated plan against the x axis, and that of every op alone as predicted. With `best` the
 * least one of each scheme is marked, and the scale may be logarithmic.
 */
function machineOptions({ what, unit, value, alone, best = false }) {
  const format = (shown) => `${significant.format(shown)} ${unit}`;
  const unfused = (point) => {
    const plan = alternative(point, null);
    return plan && alone(point, plan);
  };
  const series = selection.schemes.flatMap((scheme) => {
    const found = seriesPoints(scheme);
    const fused = line(schemeName(scheme), found, value, scheme);
    return [
      best ? markLeast(fused) : fused,
      line(`${schemeName(scheme)} every op alone`, found, unfused, scheme, thin(aloneDashes, scheme)),
    ];
  });
  const figures = series.flatMap(({ data }) => data.map((datum) => datum.value)).filter((v) => v != null);
  const options = baseOptions(describedSchemes(what, value, format), {
    xAxis: categoryAxis(),
    yAxis: valueAxis(unit, best ? scaleOf(figures) : { min: 0 }),
    series,
    grid: { left: 66, right: 24, top: 70, bottom: 44 },
  });
  options.tooltip.formatter = axisTooltip(format);
  return options;
}

/** Whether no other of `all` is at least as good in every figure and better in one. */
const unbeaten = (one, all) =>
  !all.some(
    (other) => other.every((value, i) => value <= one[i]) && other.some((value, i) => value < one[i]),
  );

/** DRAM traffic along x, time along y, energy as the size of the mark. */
function tradeOffOptions() {
  const figures = (point) => [total(point) / 1e6, milliseconds(point), millijoules(point)];
  const shown = selection.schemes.flatMap((scheme) => seriesPoints(scheme).filter(Boolean));
  const all = shown.map(figures);
  const energies = all.map(([, , energy]) => energy);
  const least = Math.min(...energies);
  const range = Math.max(...energies) - least || 1;
  const datum = (point) => {
    const value = figures(point);
    return { value, id: point.id, symbolSize: 8 + (14 * (value[2] - least)) / range };
  };
  const series = selection.schemes.flatMap((scheme) => {
    const data = seriesPoints(scheme).filter(Boolean).map(datum);
    const best = data.filter((one) => unbeaten(one.value, all));
    const beaten = data.filter((one) => !best.includes(one));
    const filled = { itemStyle: { color: color(scheme), opacity: 0.85 } };
    return [
      cloud(schemeName(scheme), scheme, best, filled),
      cloud(`${schemeName(scheme)} beaten`, scheme, beaten),
    ].filter((one) => one.data.length > 0);
  });
  const options = baseOptions(describedSchemes("DRAM traffic, time and energy", total, megabytes), {
    xAxis: valueAxis("DRAM traffic, MB", { scale: true, nameGap: 30 }),
    yAxis: valueAxis("ms", { scale: true }),
    series,
  });
  options.legend.itemWidth = 12;
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data: { value, id } }) =>
    tooltipTable(pointLabel(pointOf({ id })), [
      ["DRAM traffic", megabytes(value[0] * 1e6)],
      ["time", `${figure(value[1])} ms`],
      ["energy", `${figure(value[2])} mJ`],
    ]);
  return options;
}

/** Summands of the energy, from the array outwards. */
const energyClasses = [
  { key: "array", name: "array", color: "c6" },
  { key: "vector_unit", name: "vector unit", color: "c2" },
  { key: "buffer", name: "buffer", color: "c4" },
  { key: "dram", name: "DRAM bursts and activates", color: "c0" },
  { key: "dram_background", name: "DRAM standby and refresh", color: "c1" },
  { key: "static", name: "static", color: "c7" },
];
const energyPart = (point, key) => point.totals.simulated.energy_parts_pj?.[key] / 1e9;

function energyClassSeries(scheme) {
  const found = seriesPoints(scheme);
  const used = energyClasses.filter(({ key }) => found.some((p) => p && energyPart(p, key) > 0));
  const named = {
    formatter: schemeName(scheme),
    color: color("muted"),
    position: "top",
    distance: 3,
    fontSize: 10,
  };
  return used.map(({ key, name, color: fill }) => ({
    name,
    type: "bar",
    stack: scheme,
    barMaxWidth: 34,
    barCategoryGap: "28%",
    itemStyle: { color: color(fill), borderColor: color("surface"), borderWidth: 1 },
    data: found.map((p) => p && energyPart(p, key)),
    label: { show: key === used.at(-1).key, ...named },
    tooltipName: `${schemeName(scheme)} ${name}`,
  }));
}

function energyClassesOptions() {
  const series = selection.schemes.flatMap(energyClassSeries);
  const options = baseOptions(
    describedSchemes("Energy by class", millijoules, (v) => `${figure(v)} mJ`),
    {
      xAxis: categoryAxis(),
      yAxis: valueAxis("mJ"),
      series,
      grid: { left: 66, right: 24, top: 70, bottom: 44 },
    },
  );
  options.aria.decal = { show: true };
  options.tooltip.formatter = (items) =>
    tooltipTable(
      `${selection.x} ${items[0].axisValue}`,
      items
        .filter((item) => item.value > 0)
        .map((item) => [series[item.seriesIndex].tooltipName, `${figure(item.value)} mJ`]),
    );
  return options;
}

const charts = [
  {
    id: "traffic",
    title: "DRAM traffic",
    note: "Filled marks: the plan is proven optimal. Hollow: the best that was found.",
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
    note: "Of the accelerator clock, on the simulated machine. Dashed: every op alone, as predicted.",
    options: () =>
      machineOptions({
        what: "Cycles",
        unit: "million",
        value: (p) => p.totals.simulated.cycles / 1e6,
        alone: (p, plan) => plan.cycles / 1e6,
      }),
  },
  {
    id: "energy",
    title: "Energy",
    note: "Array, vector unit, buffer, DRAM and static. Dashed: every op alone, as predicted.",
    options: () =>
      machineOptions({
        what: "Energy",
        unit: "mJ",
        value: millijoules,
        alone: (p, plan) => plan.energy_pj / 1e9,
      }),
  },
  {
    id: "energy-classes",
    title: "Energy by class",
    note: "What the energy of the simulated plans goes to.",
    options: energyClassesOptions,
  },
  {
    id: "edp",
    title: "Energy-delay product",
    note: "Energy times time of the plan that ran. Dashed: every op alone, as predicted.",
    options: () =>
      machineOptions({
        what: "Energy-delay product",
        unit: "mJ × ms",
        value: edp,
        alone: planEdp,
        best: true,
      }),
  },
  {
    id: "edp-area",
    title: "Energy-delay product times area",
    note: "A larger buffer is paid for in silicon. Dashed: every op alone, as predicted.",
    options: () =>
      machineOptions({
        what: "Energy-delay product times area",
        unit: "mJ × ms × mm²",
        value: edpArea,
        alone: (p, plan) => planEdp(p, plan) * area(p),
        best: true,
      }),
  },
  {
    id: "trade-off",
    title: "Traffic, time and energy",
    note: "Larger marks take more energy. Filled: no other is as good in all three and better in one.",
    options: tradeOffOptions,
  },
];
