// Numbers and text as the page shows them.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

const integer = (value) => (value == null ? "–" : whole.format(value));
const megabytes = (bytes) => (bytes == null ? "–" : `${significant.format(bytes / 1e6)} MB`);
const figure = (value) => (value == null ? "–" : significant.format(value));
/** Of a value in a unit, to three digits. */
const scaled = (value, unit) => figure(value == null ? null : value / unit);
const kibibytes = (bytes) => (bytes == null ? "–" : `${significant.format(bytes / 1024)} KiB`);
const percent = (share) => (share == null ? "–" : `${significant.format(100 * share)} %`);
const plural = (count, noun) =>
  `${integer(count)} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;

const schemeLooks = {
  lbdf: { name: "LBDF", symbol: "circle" },
  brr: { name: "BRR", symbol: "diamond" },
};
const schemeName = (scheme) => schemeLooks[scheme]?.name ?? String(scheme);
const symbolOf = (scheme) => schemeLooks[scheme]?.symbol ?? "rect";
const objectiveNames = { dram: "traffic", cycles: "time", energy: "energy", edp: "energy-delay product" };
const modeNames = {
  lbdf: "line buffers",
  brr_tiles: "BRR tiles",
  brr_passes: "weight passes",
  opaque: "streamed",
};

const unique = (values) => [...new Set(values)];

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => escapes[c]);

/** The magnitude of 16, "16" or "256KiB", of "16x64" the product; NaN for other text. */
function magnitude(value) {
  const factors = String(value).split("x");
  if (factors.length > 1) return factors.reduce((product, factor) => product * magnitude(factor), 1);
  const match = /^\s*([0-9.]+)\s*([kKMG]i?)?B?\s*$/.exec(String(value));
  if (!match) return NaN;
  const powers = { "": 0, k: 1, m: 2, g: 3 };
  const prefix = (match[2] ?? "").toLowerCase();
  return Number(match[1]) * (prefix.endsWith("i") ? 1024 : 1000) ** powers[prefix[0] ?? ""];
}

/** Path -> name of the file without folders and .onnx, where no other path has the same. */
function shortNames(paths) {
  const short = (path) =>
    String(path)
      .replace(/^.*\//, "")
      .replace(/\.onnx$/, "");
  const alone = (path) => paths.filter((other) => short(other) === short(path)).length === 1;
  return new Map(paths.map((path) => [path, alone(path) ? short(path) : path]));
}

/** Ascending by magnitude where all values have one; otherwise as they come. */
function ordered(values) {
  return values.some((v) => Number.isNaN(magnitude(v)))
    ? values
    : [...values].sort((a, b) => magnitude(a) - magnitude(b));
}

/** An HTML or SVG element with attributes and children (strings become text). */
function element(name, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "path", "text", "circle", "title"].includes(name);
  const made = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
