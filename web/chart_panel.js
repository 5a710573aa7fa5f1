// Puts charts into the page, keeps them current, and lets the arrow keys walk through their marks.

const panels = [];
const comparedPanelsOnPage = [];
const groupPanels = [];

/**
 * A chart is {id, title, note, options(width)} and maybe `shown()`, `height(width)` in pixels, `wide` (a row of its own),
 * `press(datum)`.
 */
function makePanel(chart, place) {
  const host = element("div", { class: "chart", id: `chart-${chart.id}`, tabindex: 0 });
  const words = [element("h3", {}, chart.title), element("p", { class: "muted" }, chart.note)];
  const frame = element(
    "figure",
    { class: chart.wide ? "card whole-row" : "card" },
    element("figcaption", {}, ...words),
    host,
  );
  document.getElementById(place).append(frame);
  const instance = echarts.init(host, null, { renderer: "svg" });
  const panel = { chart, host, frame, instance, at: -1 };
  host.addEventListener("keydown", (event) => walk(panel, event));
  host.addEventListener("blur", () => hideTip(panel));
  if (chart.press) instance.on("click", ({ data: datum }) => datum?.id && chart.press(datum));
  return panel;
}

function hideTip(panel) {
  panel.at = -1;
  panel.instance.dispatchAction({ type: "hideTip" });
}

/** [series, datum] of every mark that has a tooltip of its own. */
function marks(panel) {
  const { series, tooltip } = panel.options;
  if (tooltip.trigger === "axis")
    return panel.options.xAxis.data.map((_, i) => [series.findIndex((s) => s.data[i] != null), i]);
  const shown = (datum) => datum != null && datum.value !== null;
  return series.flatMap((s, index) =>
    s.silent ? [] : s.data.flatMap((datum, i) => (shown(datum) ? [[index, i]] : [])),
  );
}

function walk(panel, event) {
  if (event.key === "Escape") hideTip(panel);
  if (event.key === "Enter" && panel.at >= 0 && panel.chart.press) {
    const [series, datum] = marks(panel)[panel.at];
    return panel.chart.press(panel.options.series[series].data[datum]);
  }
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = marks(panel);
  if (!step || all.length === 0) return;
  event.preventDefault();
  panel.at = panel.at < 0 ? (step > 0 ? 0 : all.length - 1) : (panel.at + step + all.length) % all.length;
  const [seriesIndex, dataIndex] = all[panel.at];
  panel.instance.dispatchAction({ type: "showTip", seriesIndex, dataIndex });
}

const usualHeight = 330;

function drawPanel(panel, width) {
  const { chart, host, instance } = panel;
  const height = chart.height?.(width) ?? usualHeight;
  if (host.style.height !== `${height}px`) host.style.height = `${height}px`;
  if (instance.getWidth() !== width || instance.getHeight() !== height) instance.resize({ width, height });
  panel.options = chart.options(width);
  panel.at = -1;
  panel.instance.setOption(panel.options, { notMerge: true });
  panel.host.setAttribute(
    "aria-label",
    `${panel.chart.title}. ${panel.options.aria.label.description} Arrow keys read the values.`,
  );
}

/** Draws those that have something to show. All widths are read before anything changes: each reading lays the page out. */
function drawPanels(list) {
  for (const { chart, frame } of list) frame.hidden = chart.shown != null && !chart.shown();
  const shown = list.filter(({ frame }) => !frame.hidden);
  const widths = shown.map(({ host }) => host.clientWidth);
  shown.forEach((panel, i) => drawPanel(panel, widths[i]));
}

/** Charts of the network along the x axis; none if it has no figures. */
function drawCharts() {
  const place = document.getElementById("charts");
  place.hidden = !points.some((p) => p.totals && modelOf(p) === selection.network);
  if (!place.hidden) drawPanels(panels);
}

/** Charts of the groups of the point that is shown, if its report has their times. */
function drawGroupCharts() {
  const place = document.getElementById("group-charts");
  place.hidden = timedPoint() == null;
  if (!place.hidden) drawPanels(groupPanels);
}

function initCharts() {
  const places = [
    ["charts", charts, panels],
    ["compare-charts", comparedCharts, comparedPanelsOnPage],
    ["group-charts", groupCharts, groupPanels],
  ];
  const observer = new ResizeObserver(() => {
    if (matchMedia("print").matches) return;
    for (const { host, instance } of places.flatMap(([, , list]) => list))
      if (host.clientWidth > 0) instance.resize();
  });
  for (const [place, list, made] of places) {
    made.push(...list.map((chart) => makePanel(chart, place)));
    observer.observe(document.getElementById(place));
  }
}
