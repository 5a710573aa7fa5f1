// Which lanes a timeline has: sections of tracks and levels, folded where they are many.

const laneHeights = { head: 24, slices: 20, unit: 28, bank: 13, steps: 30, note: 20 };
/** More banks than these are folded into one lane at first. */
const banksUnfolded = 16;
/** Parts of the buffer are drawn apart if no more than these lie in the window. */
const partsApart = 16;

const isBank = (track) => / bank \d+$/.test(track.name);

const sliceLane = (track) => ({
  type: "slices",
  name: track.name,
  track,
  height: isBank(track)
    ? laneHeights.bank
    : track.levels.length > 1 || /^(array|vector unit)$/.test(track.name)
      ? laneHeights.unit
      : laneHeights.slices,
});

/** How many of several tracks are busy. */
function busyTracks(tracks) {
  const changes = [];
  for (const { levels } of tracks)
    for (let i = 0; i < levels[0].length; ++i)
      changes.push([levels[0].begins[i], 1], [levels[0].ends[i], -1]);
  return Steps.ofChanges(changes);
}

function sumOfSteps(all) {
  return Steps.ofChanges(
    all.flatMap(({ times, values }) =>
      Array.from(times, (at, i) => [at, values[i] - (i > 0 ? values[i - 1] : 0)]),
    ),
  );
}

const stepsLane = (name, held, whole, unit, more = {}) => ({
  type: "steps",
  name,
  held,
  whole,
  unit,
  most: whole.values.reduce((a, b) => Math.max(a, b), 1),
  height: laneHeights.steps,
  ...more,
});

function trackSection(name, tracks, open) {
  let folded = null;
  const fold = () => {
    const whole = new Steps(
      [tracks.reduce((least, t) => Math.min(least, t.levels[0].begins[0]), Infinity)],
      [tracks.length],
    );
    return (folded ??= stepsLane(
      `${plural(tracks.length, "track")}, how many are busy`,
      busyTracks(tracks),
      whole,
      "",
    ));
  };
  return { name, open, lanes: () => tracks.map(sliceLane), folded: () => [fold()] };
}

function bufferSection(name, counters) {
  const all = stepsLane(
    "all parts together",
    sumOfSteps(counters.map((c) => c.held)),
    sumOfSteps(counters.map((c) => c.whole)),
    "B",
  );
  const parts = counters.map((c) => stepsLane(c.name, c.held, c.whole, "B"));
  const note = (count) => ({
    type: "note",
    name: `${plural(count, "part")} in view; zoom in to see each by itself`,
    height: laneHeights.note,
  });
  const lanes = (from, to) => {
    const alive = parts.filter((part) => part.whole.max(from, to) > 0);
    return alive.length > partsApart ? [all, note(alive.length)] : [all, ...alive];
  };
  return { name, open: true, lanes, folded: () => [all] };
}

/** Sections of a timeline: [{name, open, lanes(from, to), folded()}]. */
function timelineSections(timeline) {
  const { tracks, counters, processNames } = timeline;
  const sections = [];
  for (const process of unique(tracks.map((track) => track.process))) {
    const name = processNames.get(process) ?? `process ${process}`;
    const here = tracks.filter((track) => track.process === process);
    const banks = here.filter(isBank);
    const others = here.filter((track) => !isBank(track));
    if (others.length > 0) sections.push(trackSection(name, others, true));
    if (banks.length > 0) sections.push(trackSection(`${name}, banks`, banks, banks.length <= banksUnfolded));
  }
  for (const process of unique(counters.map((counter) => counter.process))) {
    const name = processNames.get(process) ?? `process ${process}`;
    const here = counters.filter((counter) => counter.process === process);
    sections.push(bufferSection(name, here));
  }
  return sections;
}

/** The lanes that a window shows, from top to bottom, each with its `top`: heads of sections, then what they hold. */
function lanesIn(sections, from, to) {
  const lanes = sections.flatMap((section) => [
    { type: "head", name: section.name, section, height: laneHeights.head },
    ...(section.open ? section.lanes(from, to) : section.folded()),
  ]);
  let top = 0;
  return lanes.map((lane) => {
    const placed = { ...lane, top };
    top += lane.height;
    return placed;
  });
}
