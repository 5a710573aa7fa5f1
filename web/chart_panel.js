// Puts charts into the page, keeps them current, and lets the arrow keys walk through their marks.

const panels = [];
const groupPanels = [];

function makePanel(chart, place) {
  const host = element("div", { class: "chart", id: `chart-${chart.id}`, tabindex: 0 });
  document
    .getElementById(place)
    .append(
      element(
        "figure",
        { class: "card" },
        element(
          "figcaption",
          {},
          element("h3", {}, chart.title),
          element("p", { class: "muted" }, chart.note),
        ),
        host,
      ),
    );
  const instance = echarts.init(host, null, { renderer: "svg" });
  host.addEventListener("keydown", (event) => walk(panel, event));
  host.addEventListener("blur", () => hideTip(panel));
  const panel = { chart, host, instance, at: -1 };
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
  return series.flatMap((s, index) => (s.silent ? [] : s.data.map((_, i) => [index, i])));
}

function walk(panel, event) {
  if (event.key === "Escape") hideTip(panel);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = marks(panel);
  if (!step || all.length === 0) return;
  event.preventDefault();
  panel.at = panel.at < 0 ? (step > 0 ? 0 : all.length - 1) : (panel.at + step + all.length) % all.length;
  const [seriesIndex, dataIndex] = all[panel.at];
  panel.instance.dispatchAction({ type: "showTip", seriesIndex, dataIndex });
}

function drawPanel(panel) {
  panel.options = panel.chart.options();
  panel.at = -1;
  panel.instance.setOption(panel.options, { notMerge: true });
  panel.host.setAttribute(
    "aria-label",
    `${panel.chart.title}. ${panel.options.aria.label.description} Arrow keys read the values.`,
  );
}

function drawCharts() {
  panels.forEach(drawPanel);
}

/** Charts of the groups of the point that is shown, if its report has their times. */
function drawGroupCharts() {
  const place = document.getElementById("group-charts");
  place.hidden = timedPoint() == null;
  if (place.hidden) return;
  groupPanels.forEach((panel) => panel.instance.resize());
  groupPanels.forEach(drawPanel);
}

function initCharts() {
  panels.push(...charts.map((chart) => makePanel(chart, "charts")));
  groupPanels.push(...groupCharts.map((chart) => makePanel(chart, "group-charts")));
  const observer = new ResizeObserver(() => {
    if (!matchMedia("print").matches) [...panels, ...groupPanels].forEach((panel) => panel.instance.resize());
  });
  for (const place of ["charts", "group-charts"]) observer.observe(document.getElementById(place));
}
