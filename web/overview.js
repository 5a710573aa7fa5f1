// Summary of the whole sweep: key figures, and savings of every network.

function tile(name, value, note) {
  return element(
    "div",
    { class: "card" },
    element("dt", {}, name),
    element("dd", {}, element("strong", {}, value), element("span", { class: "muted" }, note)),
  );
}

function drawTiles() {
  const run = points.filter((p) => p.totals);
  const groups = run.reduce((sum, p) => sum + p.totals.groups, 0);
  const wrong = run.reduce((sum, p) => sum + p.totals.mismatched_groups, 0);
  const best = run.reduce((a, p) => ((saving(p) ?? -1) > (saving(a) ?? -1) ? p : a), null);
  const proven = run.filter(optimal).length;
  const gaps = run
    .filter((p) => !optimal(p))
    .map(gap)
    .filter((g) => g != null);
  document
    .getElementById("tiles")
    .replaceChildren(
      tile(
        "Points run",
        `${integer(run.length)} of ${integer(points.length)}`,
        run.length === points.length
          ? `${plural(networks.length, "network")}, ${schemes.map(schemeName).join(" and ")}`
          : `${plural(points.length - run.length, "point")} without figures, see the table`,
      ),
      tile(
        "Groups confirmed",
        `${integer(groups - wrong)} of ${integer(groups)}`,
        wrong === 0 ? "predicted = simulated, to the byte" : `${plural(wrong, "group")} differ`,
      ),
      tile(
        "Largest saving",
        best ? percent(saving(best)) : "–",
        best ? `${modelOf(best)}, ${pointLabel(best)}` : "no figures",
      ),
      tile(
        "Plans proven optimal",
        `${integer(proven)} of ${integer(run.length)}`,
        gaps.length > 0
          ? `${proven > 0 ? "the others " : ""}at most ${percent(Math.max(...gaps))} above their bounds`
          : proven === run.length
            ? run.every((p) => (p.search.objective ?? "dram") === "dram")
              ? "least traffic of all legal plans"
              : "best of all legal plans by their objectives"
            : proven === 0
              ? "no plan has a bound"
              : "the others have no bound",
      ),
    );
}

/** What is proven least can only fall as the buffer grows; where the sweep found otherwise, say so first. */
function drawWarning() {
  const pairs = data.sweep.not_monotone;
  const warning = document.getElementById("warning");
  warning.hidden = pairs.length === 0;
  const named = ({ larger, objective }) => {
    const point = points.find((p) => p.id === larger);
    const name = point ? `${modelOf(point)}, ${pointLabel(point)}` : larger;
    return `${name} (${objectiveNames[objective] ?? objective})`;
  };
  warning.textContent = `Worse with a larger buffer, although both plans are called optimal: ${pairs.map(named).join("; ")}.`;
}

function matrixCell(network, scheme, x) {
  const point = pointAt(network, scheme, x);
  if (!point) return element("td", { class: "none" }, "");
  if (!point.totals) return element("td", { class: "failed", title: point.reason ?? point.status }, "failed");
  const share = saving(point);
  return element(
    "td",
    {
      style: `--share:${Math.max(0, share ?? 0).toFixed(3)}`,
      title: `${network}, ${pointLabel(point)}: ${megabytes(total(point))}`,
      onclick: () => choose({ network, point: point.id }),
    },
    share == null ? "–" : significant.format(100 * share),
  );
}

function drawMatrix() {
  const values = xValues();
  const head = element(
    "thead",
    {},
    element(
      "tr",
      {},
      element("th", { scope: "col", rowspan: 2 }, "Network"),
      ...schemes.map((s) => element("th", { scope: "colgroup", colspan: values.length }, schemeName(s))),
    ),
    element("tr", {}, ...schemes.flatMap(() => values.map((x) => element("th", { scope: "col" }, x)))),
  );
  const rows = networks.map((network) =>
    element(
      "tr",
      { class: network === selection.network ? "chosen" : null },
      element(
        "th",
        { scope: "row" },
        element(
          "button",
          {
            type: "button",
            class: "link",
            "aria-pressed": String(network === selection.network),
            onclick: () => choose({ network }),
          },
          network,
        ),
      ),
      ...schemes.flatMap((s) => values.map((x) => matrixCell(network, s, x))),
    ),
  );
  document
    .getElementById("matrix")
    .replaceChildren(
      element(
        "table",
        { class: "matrix", "aria-labelledby": "matrix-title" },
        head,
        element("tbody", {}, ...rows),
      ),
    );
}
