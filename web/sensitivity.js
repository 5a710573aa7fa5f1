// Which axis moves a figure most: how far its best and worst value lie apart, all else equal.

/** For an axis, of every setting of all others: the factor between the worst value and the best. */
function spreads(axis, measure) {
  const { value } = measures[measure];
  const others = dimensions.filter((one) => one !== axis && one.name !== "network");
  const groups = new Map();
  for (const point of points) {
    const shown = modelOf(point) === selection.network && selection.schemes.includes(schemeOf(point));
    if (!shown || !point.totals || value(point) == null || isBaseLine(point)) continue;
    const key = JSON.stringify(others.map(({ of }) => of(point)));
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()]
    .filter((all) => all.length > 1)
    .map((all) => {
      const sorted = all.toSorted((a, b) => value(a) - value(b));
      return { factor: value(sorted.at(-1)) / value(sorted[0]), best: sorted[0], worst: sorted.at(-1) };
    })
    .sort((a, b) => a.factor - b.factor);
}

/** Axes by how much they move the measure of the chosen network, the strongest last. */
function sensitivities(measure) {
  return dimensions
    .filter(({ name }) => name !== "network")
    .map((axis) => ({ axis, all: spreads(axis, measure) }))
    .filter(({ all }) => all.length > 0)
    .map(({ axis, all }) => ({ axis, middle: all[all.length >> 1], most: all.at(-1), count: all.length }))
    .sort((a, b) => a.middle.factor - b.middle.factor);
}

const timesAsMuch = (factor) => `${significant.format(factor)} ×`;

/** Beside the mark on the right: both factors. */
const sensitivityWord = ({ middle, most }) =>
  middle === most
    ? timesAsMuch(most.factor)
    : `${timesAsMuch(middle.factor)}, at most ${timesAsMuch(most.factor)}`;

function sensitivityTip({ axis, middle, most, count }) {
  return tooltipTable(axis.name, [
    ["worst over best, in the middle", timesAsMuch(middle.factor)],
    ["at the most", timesAsMuch(most.factor)],
    ["best there", axis.of(most.best)],
    ["worst there", axis.of(most.worst)],
    ["settings of the others", integer(count)],
  ]);
}

function sensitivityOptions(width) {
  const found = sensitivities(comparing.measure);
  const said = found
    .toReversed()
    .map(
      ({ axis, middle, most }) =>
        `${axis.name} ${timesAsMuch(middle.factor)}, at most ${timesAsMuch(most.factor)}`,
    );
  const foundOf = (datum) => found.find(({ axis }) => axis.name === datum.axis);
  const marks = (which) => found.map((one) => ({ value: one[which].factor, axis: one.axis.name }));
  const { name } = measures[comparing.measure];
  const scale = doublings(1, Math.max(2, ...found.map(({ most }) => most.factor)));
  const room = width < 600 ? 104 : 150;
  const options = baseOptions(`How far ${name} moves with each axis: ${said.join("; ")}.`, {
    grid: { left: room, right: 150, top: 34, bottom: 44 },
    xAxis: valueAxis(`${name}: worst value over best`, { nameGap: 28, ...scale }),
    yAxis: {
      ...categoryAxis(),
      name: "",
      data: found.map(({ axis }) => axis.name),
      axisLabel: { color: color("ink"), width: room - 14, overflow: "break" },
    },
    series: [
      {
        name: "in the middle of all settings",
        type: "bar",
        barMaxWidth: 22,
        itemStyle: { color: color("c6") },
        data: marks("middle"),
      },
      {
        name: "at the most",
        type: "scatter",
        symbol: "diamond",
        symbolSize: 11,
        itemStyle: { color: color("c5") },
        label: {
          show: true,
          position: "right",
          color: color("ink"),
          formatter: ({ data }) => sensitivityWord(foundOf(data)),
        },
        data: marks("most"),
      },
    ],
  });
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data }) => sensitivityTip(foundOf(data));
  return options;
}
