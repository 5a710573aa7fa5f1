// What the charts have in common: axes, lines, tooltips.

const kinds = [
  { key: "ifmap_bytes", name: "input maps", color: "ifmap" },
  { key: "ofmap_bytes", name: "output maps", color: "ofmap" },
  { key: "weight_bytes", name: "weights", color: "weight" },
];

const chartFont = getComputedStyle(document.body).fontFamily;
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
    textStyle: { fontFamily: chartFont, color: color("ink") },
    aria: { enabled: true, label: { description } },
    grid: { left: 66, right: 24, top: 44, bottom: 44 },
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

/** How a line looks that others are seen against: thin, without marks. */
const thin = (type, scheme) => ({
  style: {
    symbol: "none",
    z: 1,
    itemStyle: { opacity: 0 },
    lineStyle: { color: color(scheme), width: 1.5, type },
  },
});
const aloneDashes = [8, 4];

const described = (found, value, format) => {
  const shown = found
    .map((point, i) => point && value(point) != null && `${xValues()[i]}: ${format(value(point))}`)
    .filter(Boolean);
  return shown.length > 0 ? shown.join(", ") : "no figures";
};

const describedSchemes = (what, value, format) =>
  `${what} of ${selection.network} against ${selection.x}. ` +
  selection.schemes.map((s) => `${schemeName(s)} ${described(seriesPoints(s), value, format)}`).join("; ");
