// Puts charts into the page, keeps them current, and lets the arrow keys walk through their marks.

const panels = [];

function makePanel(chart) {
  const host = element("div", { class: "chart", id: `chart-${chart.id}`, tabindex: 0 });
  document
    .getElementById("charts")
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
    return xValues().map((_, i) => [series.findIndex((s) => s.data[i] != null), i]);
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

function drawCharts() {
  for (const panel of panels) {
    panel.options = panel.chart.options();
    panel.at = -1;
    panel.instance.setOption(panel.options, { notMerge: true });
    panel.host.setAttribute(
      "aria-label",
      `${panel.chart.title}. ${panel.options.aria.label.description} Arrow keys read the values.`,
    );
  }
}

function initCharts() {
  panels.push(...charts.map(makePanel));
  new ResizeObserver(() => {
    if (!matchMedia("print").matches) panels.forEach((panel) => panel.instance.resize());
  }).observe(document.getElementById("charts"));
}
