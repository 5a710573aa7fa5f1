// The table of all points: sorting by the column heads, filtering by text.

const simulated = (key) => (point) => point.totals?.simulated[key];
const predicted = (key) => (point) => point.totals?.predicted?.[key];
const columns = [
  { name: "Network", value: modelOf, text: true },
  { name: "Scheme", value: schemeOf, show: schemeName, text: true },
  ...varied.map(({ name, short, of }) => ({
    name: short,
    title: name,
    value: of,
    text: true,
    order: (p) => magnitude(of(p)),
  })),
  { name: "DRAM MB", value: simulated("total_bytes"), show: (v) => significant.format(v / 1e6) },
  { name: "Saved %", value: saving, show: (v) => significant.format(100 * v) },
  ...(points.some((p) => p.totals && gap(p) > 0)
    ? [{ name: "Above bound %", value: gap, show: (v) => significant.format(100 * v) }]
    : []),
  { name: "Input maps MB", value: simulated("ifmap_bytes"), show: (v) => significant.format(v / 1e6) },
  { name: "Output maps MB", value: simulated("ofmap_bytes"), show: (v) => significant.format(v / 1e6) },
  { name: "Weights MB", value: simulated("weight_bytes"), show: (v) => significant.format(v / 1e6) },
  { name: "Peak KiB", value: simulated("peak_buffer_bytes"), show: (v) => significant.format(v / 1024) },
  { name: "Predicted M cycles", value: predicted("cycles"), show: (v) => figure(v / 1e6) },
  { name: "M cycles", value: simulated("cycles"), show: (v) => figure(v / 1e6) },
  { name: "Predicted mJ", value: predicted("energy_pj"), show: (v) => figure(v / 1e9) },
  { name: "mJ", value: simulated("energy_pj"), show: (v) => figure(v / 1e9) },
  { name: "mJ × ms", value: (p) => (p.totals ? edp(p) : null), show: figure },
  { name: "mm²", value: area, show: figure },
  { name: "Groups", value: (p) => p.totals?.groups, show: integer },
  { name: "Status", value: (p) => p.status, show: String, text: true },
  ...(points.some((p) => p.reason)
    ? [{ name: "Reason", value: (p) => p.reason ?? "", show: String, text: true, wide: true }]
    : []),
];
const sorting = { column: -1, descending: false };

function sortKey(column, point) {
  const value = column.order ? column.order(point) : column.value(point);
  return Number.isNaN(value) ? column.value(point) : value;
}

/** Numbers by size, text by alphabet, what is missing always last. */
function compare(a, b) {
  if (a == null || b == null) return (a == null) - (b == null);
  const order =
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  return sorting.descending ? -order : order;
}

function shownPoints() {
  const words = document.getElementById("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const failedOnly = document.getElementById("failed").checked;
  const text = (p) =>
    columns
      .filter((c) => c.text)
      .map((c) => `${c.value(p)}`)
      .join(" ")
      .toLowerCase();
  const shown = points.filter(
    (p) => (!failedOnly || !confirmed(p)) && words.every((word) => text(p).includes(word)),
  );
  const column = columns[sorting.column];
  return column ? [...shown].sort((a, b) => compare(sortKey(column, a), sortKey(column, b))) : shown;
}

function tableCell(column, point) {
  const value = column.value(point);
  const text = value == null || value === "" ? "–" : (column.show ?? String)(value);
  return element(
    "td",
    { class: [column.text && "text", column.wide && "wide"].filter(Boolean).join(" ") || null },
    text,
  );
}

function tableRow(point) {
  const [network, ...rest] = columns;
  const name = String(network.value(point));
  return element(
    "tr",
    { class: confirmed(point) ? null : "failed" },
    element("th", { scope: "row" }, point.totals ? drawingButton(point, name) : name),
    ...rest.map((c) => tableCell(c, point)),
  );
}

function drawRows() {
  const shown = shownPoints();
  document.querySelector("#table tbody").replaceChildren(...shown.map(tableRow));
  document.getElementById("count").textContent =
    `${integer(shown.length)} of ${integer(points.length)} shown`;
  document.querySelectorAll("#table th[aria-sort]").forEach((head, i) => {
    const direction = sorting.descending ? "descending" : "ascending";
    head.setAttribute("aria-sort", i === sorting.column ? direction : "none");
  });
}

function sortBy(index) {
  sorting.descending = sorting.column === index && !sorting.descending;
  sorting.column = index;
  drawRows();
}

function initTable() {
  const heads = columns.map((column, i) =>
    element(
      "th",
      { scope: "col", "aria-sort": "none", class: column.text ? "text" : null },
      element(
        "button",
        { type: "button", class: "sort", title: column.title, onclick: () => sortBy(i) },
        column.name,
      ),
    ),
  );
  document
    .getElementById("table")
    .append(
      element(
        "table",
        { class: "dense", "aria-labelledby": "points" },
        element("thead", {}, element("tr", {}, ...heads)),
        element("tbody"),
      ),
    );
  document.getElementById("filter").addEventListener("input", drawRows);
  document.getElementById("failed").addEventListener("change", drawRows);
  drawRows();
}
