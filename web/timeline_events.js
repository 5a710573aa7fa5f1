// A timeline file (Chrome trace-event format) as lanes, counters and arrows.

/** Slices whose times are rounded may overlap by less than this (microseconds). */
const roundingUs = 1e-6;

/** What a slice shows: its name in the legend, its colour, and that of text on it (black where nothing is said). */
const timelineKinds = {
  even: { name: "groups", color: "g0", text: "ink" },
  odd: { name: "groups", color: "g1", text: "ink" },
  array: { name: "array", color: "c6", text: "on-dark" },
  vector: { name: "vector unit", color: "c2" },
  fill: { name: "array fills", color: "c7" },
  port: { name: "waits for the buffer's port", color: "c4" },
  ifmap: { name: "load rows", color: "c0" },
  weights: { name: "load weights", color: "c1" },
  ofmap: { name: "store rows", color: "c3" },
  read: { name: "read", color: "c0" },
  write: { name: "write", color: "c5" },
  refresh: { name: "refresh", color: "c4" },
  row: { name: "open row", color: "row" },
  other: { name: "other", color: "c7" },
};

const kindsOfTracks = [
  [/^array$/, "array"],
  [/^vector unit$/, "vector"],
  [/^DMA load rows/, "ifmap"],
  [/^DMA load weights/, "weights"],
  [/^DMA store rows/, "ofmap"],
  [/refresh$/, "refresh"],
  [/ bank \d+$/, "row"],
];

function kindOfSlice(track, name, index, level) {
  if (level > 0) return { fill: "fill", "buffer port": "port" }[name] ?? "other";
  if (track === "groups") return index % 2 === 0 ? "even" : "odd";
  if (/data bus$/.test(track)) return name === "read" ? "read" : name === "write" ? "write" : "other";
  return kindsOfTracks.find(([pattern]) => pattern.test(track))?.[1] ?? "other";
}

/** Slices of a thread by how deep they lie inside one another: [[slice, ...] of level 0, ...]. */
function slicesByLevel(events) {
  events.sort((a, b) => a.ts - b.ts || b.end - a.end);
  const levels = [],
    open = [];
  for (const event of events) {
    while (open.length > 0 && open.at(-1).end <= event.ts + roundingUs) open.pop();
    if (open.length > 0) event.end = Math.min(event.end, open.at(-1).end);
    (levels[open.length] ??= []).push(event);
    open.push(event);
  }
  return levels;
}

class TimelineReader {
  constructor() {
    this.threads = new Map();
    this.counters = new Map();
    this.processNames = new Map();
    this.arrowEnds = new Map();
    this.begin = Infinity;
    this.end = -Infinity;
  }

  thread(event) {
    const key = `${event.pid}/${event.tid}`;
    if (!this.threads.has(key))
      this.threads.set(key, {
        key,
        process: event.pid,
        name: `thread ${event.tid}`,
        order: this.threads.size,
        events: [],
        open: [],
      });
    return this.threads.get(key);
  }

  see(from, to) {
    this.begin = Math.min(this.begin, from);
    this.end = Math.max(this.end, to);
  }

  slice(thread, event, end) {
    thread.events.push({ ts: event.ts, end, name: String(event.name ?? ""), args: event.args });
    this.see(event.ts, end);
  }

  metadata(event) {
    if (event.name === "process_name") this.processNames.set(event.pid, String(event.args.name));
    else if (event.name === "thread_name") this.thread(event).name = String(event.args.name);
    else if (event.name === "thread_sort_index") this.thread(event).order = Number(event.args.sort_index);
  }

  counter(event) {
    const name = String(event.name);
    const key = `${event.pid}/${name}`;
    if (!this.counters.has(key))
      this.counters.set(key, { process: event.pid, name, times: [], held: [], whole: [] });
    const counter = this.counters.get(key);
    const { free = 0, ...levels } = event.args ?? {};
    const held = Object.values(levels).reduce((sum, value) => sum + Number(value), 0);
    counter.times.push(event.ts);
    counter.held.push(held);
    counter.whole.push(held + free);
    this.see(event.ts, event.ts);
  }

  arrow(event) {
    const ends = this.arrowEnds.get(event.id) ?? { name: event.name };
    ends[event.ph] = { thread: this.thread(event), at: event.ts };
    this.arrowEnds.set(event.id, ends);
  }

  read(event) {
    switch (event.ph) {
      case "X":
        return this.slice(this.thread(event), event, event.ts + (event.dur ?? 0));
      case "B":
        return void this.thread(event).open.push(event);
      case "E": {
        const begun = this.thread(event).open.pop();
        return begun && this.slice(this.thread(event), begun, event.ts);
      }
      case "C":
        return this.counter(event);
      case "s":
      case "f":
        return this.arrow(event);
      case "M":
        return this.metadata(event);
    }
  }

  tracks() {
    const found = [...this.threads.values()].filter((thread) => thread.events.length > 0);
    found.sort((a, b) => a.process - b.process || a.order - b.order);
    for (const thread of found) {
      thread.levels = slicesByLevel(thread.events).map((events, level) => {
        events.forEach((event, i) => (event.kind = kindOfSlice(thread.name, event.name, i, level)));
        return new SliceList(events);
      });
      delete thread.events;
    }
    return found;
  }

  /** Arrows as [{from, fromSlice, to, toSlice}] between slices of level 0, by the moment that they leave. */
  arrows() {
    const found = [];
    for (const { s, f, name } of this.arrowEnds.values()) {
      if (!s?.thread.levels || !f?.thread.levels) continue;
      const fromSlice = s.thread.levels[0].firstAfter(s.at);
      const toSlice = f.thread.levels[0].firstAfter(f.at);
      const arrow = { name, from: s.thread, fromSlice, to: f.thread, toSlice, leaves: s.at, comes: f.at };
      if (fromSlice < s.thread.levels[0].length && toSlice < f.thread.levels[0].length) found.push(arrow);
    }
    return found.sort((a, b) => a.leaves - b.leaves);
  }

  levels() {
    return [...this.counters.values()].map(({ process, name, times, held, whole }) => ({
      process,
      name,
      held: new Steps(times, held),
      whole: new Steps(times, whole),
    }));
  }
}

/**
 * What a timeline file says: {tracks, counters, arrows, processNames, begin, end, about}. Throws Error that says
 * what was expected.
 */
function readTimeline(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch (fault) {
    throw new Error(`expected JSON: ${fault.message}`);
  }
  const events = Array.isArray(json) ? json : json?.traceEvents;
  if (!Array.isArray(events)) throw new Error("expected trace events as run_sim --timeline writes them");
  const reader = new TimelineReader();
  for (const event of events) if (event?.ph) reader.read(event);
  const tracks = reader.tracks();
  if (tracks.length === 0) throw new Error("expected at least one slice, got none");
  return {
    tracks,
    counters: reader.levels(),
    arrows: reader.arrows(),
    processNames: reader.processNames,
    begin: reader.begin,
    end: Math.max(reader.end, reader.begin + roundingUs),
    about: json.otherData ?? {},
  };
}
