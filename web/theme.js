// Light, dark and print. Colours live in report.css; charts read them from there.

const darkQuery = matchMedia("(prefers-color-scheme: dark)");
const themeListeners = [];
let themeChosen = false;

/** Colours by name, as they were read since the theme changed: reading one makes the browser lay the page out. */
const colors = new Map();

function color(name) {
  if (!colors.has(name))
    colors.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return colors.get(name);
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  colors.clear();
  document.getElementById("theme").setAttribute("aria-pressed", String(theme === "dark"));
  for (const listener of themeListeners) listener();
}

function initTheme() {
  document.getElementById("theme").addEventListener("click", () => {
    themeChosen = true;
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  });
  darkQuery.addEventListener("change", () => {
    if (!themeChosen) setTheme(darkQuery.matches ? "dark" : "light");
  });
  let beforePrint = null;
  addEventListener("beforeprint", () => {
    beforePrint ??= document.documentElement.dataset.theme;
    setTheme("light");
    for (const svg of document.querySelectorAll(".chart svg"))
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
  });
  addEventListener("afterprint", () => {
    for (const svg of document.querySelectorAll(".chart svg")) svg.removeAttribute("viewBox");
    if (beforePrint) setTheme(beforePrint);
    beforePrint = null;
  });
  setTheme(document.documentElement.dataset.theme);
}
