// Opens timeline files: what the page holds, what is chosen, what is dropped; and what lies around the lanes.

let timelineView = null;

const timelinePart = (name) => document.getElementById(`timeline-${name}`);

/** Colours of the kinds that a timeline has. */
function timelineLegend(timeline) {
  const found = unique(timeline.tracks.flatMap(({ levels }) => levels.flatMap((list) => list.kinds)));
  const shown = Object.keys(timelineKinds).filter((kind) => found.includes(kind) && kind !== "odd");
  const swatch = (name, fill) =>
    element("li", {}, element("i", { style: `background:var(--${fill})` }), name);
  const levels =
    timeline.counters.length > 0 ? [swatch("held in the buffer", "held"), swatch("set aside", "whole")] : [];
  return [...shown.map((kind) => swatch(timelineKinds[kind].name, timelineKinds[kind].color)), ...levels];
}

function timelineSize(timeline) {
  const slices = timeline.tracks.reduce(
    (sum, { levels }) => sum + levels.reduce((of, list) => of + list.length, 0),
    0,
  );
  const cycles = cyclesOf(timeline, timeline.end - timeline.begin);
  return [
    timeline.about.model && `${timeline.about.model}, ${schemeName(timeline.about.fusion)}`,
    duration(timeline.end - timeline.begin),
    cycles != null && `${integer(cycles)} cycles`,
    plural(slices, "slice"),
    plural(timeline.arrows.length, "arrow"),
  ].filter(Boolean);
}

/** The chosen slice as a line under the lanes. */
function tellSlice(slice) {
  const line = timelinePart("chosen");
  if (!slice)
    return line.replaceChildren(
      element("span", { class: "muted" }, "Click a slice to keep its figures here."),
    );
  const arrows = timelineView.arrowsOfChosen();
  const out = arrows.filter((arrow) => arrow.from === slice.track && arrow.fromSlice === slice.index).length;
  const rows = sliceRows(timelineView.timeline, slice).map(([name, value]) => `${name} ${value}`);
  if (arrows.length > 0) rows.push(`arrows in ${arrows.length - out}, out ${out}`);
  const zoom = element(
    "button",
    { type: "button", class: "link", onclick: () => timelineView.showSlice(slice) },
    "Zoom to it",
  );
  line.replaceChildren(element("strong", {}, slice.name), ` ${rows.join(" · ")} `, zoom);
}

function openTimeline(text, name) {
  const message = timelinePart("message");
  try {
    const timeline = readTimeline(text);
    timelinePart("shown").hidden = false;
    timelineView = new TimelineView(timelinePart("lanes"), timeline, tellSlice);
    timelinePart("legend").replaceChildren(...timelineLegend(timeline));
    message.textContent = [name, ...timelineSize(timeline)].filter(Boolean).join(" · ");
    message.classList.remove("bad");
    tellSlice(null);
  } catch (fault) {
    message.textContent = `${name}: ${fault.message}`;
    message.classList.add("bad");
  }
}

async function openTimelineFile(file) {
  if (!file) return;
  timelinePart("message").textContent = `Reading ${file.name} …`;
  await new Promise((painted) => setTimeout(painted, 30));
  openTimeline(await file.text(), file.name);
}

/** The first slice after the chosen one, or after what is in view, whose name has this text; from the front again if none. */
function findSlice(text) {
  if (!timelineView || !text) return;
  const wanted = text.toLowerCase();
  const after = timelineView.chosen?.begin ?? timelineView.timeline.begin - 1;
  let best = null;
  for (const track of timelineView.timeline.tracks) {
    if (isBank(track)) continue;
    track.levels[0].names.forEach((name, index) => {
      if (!name.toLowerCase().includes(wanted)) return;
      const begin = track.levels[0].begins[index];
      const rank = begin > after ? 0 : 1;
      if (!best || rank < best.rank || (rank === best.rank && begin < best.begin))
        best = { track, index, begin, rank };
    });
  }
  timelinePart("found").textContent = best ? "" : "no slice of that name";
  if (!best) return;
  const slice = timelineView.slice(best.track, best.index);
  timelineView.choose(slice);
  timelineView.showSlice(slice);
}

function initTimeline() {
  const input = timelinePart("file");
  timelinePart("open").addEventListener("click", () => input.click());
  input.addEventListener("change", () => openTimelineFile(input.files[0]).then(() => (input.value = "")));
  const buttons = {
    in: () => timelineView.zoom(1 / zoomStep),
    out: () => timelineView.zoom(zoomStep),
    whole: () => timelineView.showWhole(),
  };
  for (const [name, act] of Object.entries(buttons)) timelinePart(name).addEventListener("click", act);
  timelinePart("find").addEventListener(
    "keydown",
    (event) => event.key === "Enter" && findSlice(event.target.value),
  );
  timelinePart("lanes").addEventListener("lane", ({ detail }) => {
    const said =
      detail.type === "head"
        ? "section, Enter folds it"
        : laneFigure(detail, timelineView.window.from, timelineView.window.to);
    timelinePart("spoken").textContent = `${detail.name}: ${said}`;
  });
  const here = document.documentElement;
  addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    here.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? here.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    here.classList.remove("dropping");
    const file = event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    openTimelineFile(file).then(() => timelinePart("title").scrollIntoView());
  });
  themeListeners.push(() => timelineView?.redraw());
  addEventListener("resize", () => timelineView?.place());
  const held = document.getElementById("timeline-data")?.textContent.trim();
  if (held) openTimeline(held, "");
}
