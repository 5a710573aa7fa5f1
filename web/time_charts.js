// Where the time of a point's groups goes, and where they stand under the roofs of array and DRAM.

const causes = [
  { key: "array", name: "array", color: "c6" },
  { key: "vector_unit", name: "vector unit", color: "c2" },
  { key: "buffer_port", name: "buffer port", color: "c4" },
  { key: "fill", name: "array fills", color: "c7" },
  { key: "dram_overhead", name: "DRAM overhead", color: "c5" },
  { key: "ifmap", name: "input maps", color: "c0" },
  { key: "weights", name: "weights", color: "c1" },
  { key: "ofmap", name: "output maps", color: "c3" },
];

/** The point whose groups are shown; null if its report says nothing of time. */
const timedPoint = () =>
  points.find((p) => p.id === selection.point && p.groups?.causes?.every(Boolean) && p.totals.peaks) ?? null;

const causeShare = (point, group, key) => point.groups.causes[group][key] / point.groups.cycles[group];

function causesOptions() {
  const point = timedPoint();
  const groups = point.groups.ops.map((_, i) => i);
  const series = causes
    .filter(({ key }) => groups.some((i) => point.groups.causes[i][key] > 0))
    .map(({ key, name, color: fill }) => ({
      name,
      type: "bar",
      stack: "time",
      barCategoryGap: "12%",
      itemStyle: { color: color(fill), borderColor: color("surface"), borderWidth: 0.5 },
      data: groups.map((i) => 100 * causeShare(point, i, key)),
    }));
  const whole = point.totals.simulated;
  const shares = causes
    .map(({ key, name }) => ({ name, share: whole.causes[key] / whole.cycles }))
    .filter(({ share }) => share > 0)
    .map(({ name, share }) => `${name} ${percent(share)}`);
  const options = baseOptions(`Time of ${pointLabel(point)}: ${shares.join(", ")}.`, {
    xAxis: { ...categoryAxis(), name: "group", data: groups.map(String) },
    yAxis: valueAxis("% of the group's cycles", { max: 100 }),
    grid: { left: 66, right: 24, top: 70, bottom: 44 },
    series,
  });
  options.aria.decal = { show: true };
  options.tooltip.formatter = (items) => {
    const i = Number(items[0].axisValue);
    return tooltipTable(
      `${groupTitle(point, i)}, ${integer(point.groups.cycles[i])} cycles`,
      items.filter((item) => item.value > 0).map((item) => [item.seriesName, percent(item.value / 100)]),
    );
  };
  return options;
}

/** Groups that compute and move something: the others lie on no roof. */
function rooflineMarks(point) {
  return point.groups.roofline
    .map((roof, group) => ({ value: [roof.macs_per_byte, roof.attained], group, roof }))
    .filter(({ value }) => value[0] > 0 && value[1] > 0);
}

/** The roofs between two intensities: bandwidth up to the ridge, then the array. */
function roofs({ macs_per_cycle: macs, bytes_per_cycle: bytes }, [least, most]) {
  const ridge = macs / bytes;
  const ends = [least, Math.min(Math.max(ridge, least), most), most];
  return ends.map((intensity) => [intensity, Math.min(macs, intensity * bytes)]);
}

function rooflineOptions() {
  const point = timedPoint();
  const { peaks } = point.totals;
  const found = rooflineMarks(point);
  const ridge = peaks.macs_per_cycle / peaks.bytes_per_cycle;
  const x = logBounds([ridge / 4, ridge * 4, ...found.map(({ value }) => value[0])]);
  const y = logBounds([peaks.macs_per_cycle, ...found.map(({ value }) => value[1])]);
  const lineStyle = { color: color("muted"), width: 1.5, type: [4, 3] };
  const options = baseOptions(
    `${plural(found.length, "group")} of ${pointLabel(point)} under the roofs of array, ` +
      `${integer(peaks.macs_per_cycle)} MACs per cycle, and DRAM, ${figure(peaks.bytes_per_cycle)} bytes per cycle.`,
    {
      series: [
        {
          name: "roofs",
          type: "line",
          symbol: "none",
          silent: true,
          data: roofs(peaks, x),
          lineStyle,
          itemStyle: { opacity: 0 },
        },
        cloud("groups", schemeOf(point), found),
      ],
      xAxis: valueAxis("MACs per byte of DRAM traffic", { type: "log", min: x[0], max: x[1], nameGap: 32 }),
      yAxis: valueAxis("MACs per cycle", { type: "log", min: y[0], max: y[1] }),
    },
  );
  options.legend.itemWidth = 12;
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data: { group, roof } }) =>
    tooltipTable(groupTitle(point, group), [
      ["MACs per byte", figure(roof.macs_per_byte)],
      ["MACs per cycle", `${figure(roof.attained)} of ${figure(roof.attainable)}`],
      ["of the array's peak", percent(roof.array_share)],
      ["of the DRAM's bandwidth", percent(roof.bandwidth_share)],
      ["row hits", percent(roof.row_hit_rate)],
    ]);
  return options;
}

const groupCharts = [
  {
    id: "causes",
    title: "Where the time goes",
    note: "Every cycle has one cause: a unit works, fills or waits for its port; or what is named is waited for.",
    options: causesOptions,
  },
  {
    id: "roofline",
    title: "Groups under the roofs",
    note: "Multiply-accumulates per cycle against those per byte of DRAM traffic; dashes: what array and DRAM allow at most.",
    options: rooflineOptions,
  },
];
