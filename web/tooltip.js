// The tooltip of what has no ECharts tooltip, and the table that both kinds show.

/** A table in a tooltip; rows of [name, value], all escaped here. */
function tooltipTable(title, rows) {
  const body = rows
    .map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`)
    .join("");
  return `<table class="tip"><caption>${escaped(title)}</caption>${body}</table>`;
}

function showTooltip(html, at) {
  const tip = document.getElementById("tooltip");
  tip.innerHTML = html;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = at.right + 14 + width < innerWidth ? at.right + 14 : at.left - 14 - width;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${Math.max(8, Math.min(at.top, innerHeight - height - 8))}px`;
}

function hideTooltip() {
  document.getElementById("tooltip").hidden = true;
}
