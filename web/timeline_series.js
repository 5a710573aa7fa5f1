// What happens over time, in arrays that are searched by halves: slices of a lane, and levels that step.

/** How many of the ascending `values` are less than `wanted`. */
function countBelow(values, wanted) {
  let low = 0,
    high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Slices in the order of time, without overlap; each of a kind. Times in microseconds. */
class SliceList {
  /** `events`: [{ts, end, name, args, kind}], ascending. */
  constructor(events) {
    this.length = events.length;
    this.begins = Float64Array.from(events, (event) => event.ts);
    this.ends = Float64Array.from(events, (event) => event.end);
    this.names = events.map((event) => event.name);
    this.args = events.map((event) => event.args ?? null);
    this.kindOf = events.map((event) => event.kind);
    this.kinds = unique(this.kindOf);
    this.busy = new Map(this.kinds.map((kind) => [kind, this.sums(kind)]));
  }

  /** Time that the first slices of this kind take together, by their number. */
  sums(kind) {
    const sums = new Float64Array(this.length + 1);
    for (let i = 0; i < this.length; ++i)
      sums[i + 1] = sums[i] + (this.kindOf[i] === kind ? this.ends[i] - this.begins[i] : 0);
    return sums;
  }

  /** The first slice that ends after this moment. */
  firstAfter(at) {
    const next = countBelow(this.begins, at);
    return next > 0 && this.ends[next - 1] > at ? next - 1 : next;
  }

  /** How many slices lie in a stretch, whole or in part. */
  count(from, to) {
    return Math.max(0, countBelow(this.begins, to) - this.firstAfter(from));
  }

  busyUntil(at, kind) {
    const begun = countBelow(this.begins, at);
    const last = begun - 1;
    const rest = last >= 0 && this.kindOf[last] === kind ? Math.max(0, this.ends[last] - at) : 0;
    return this.busy.get(kind)[begun] - rest;
  }

  /** Part of a stretch that slices of a kind fill, or of all kinds. */
  share(from, to, kind = null) {
    const kinds = kind == null ? this.kinds : [kind];
    const busy = kinds.reduce((sum, one) => sum + this.busyUntil(to, one) - this.busyUntil(from, one), 0);
    return Math.min(1, busy / (to - from));
  }
}

const fanOut = 8;

/** A level that steps: `values[i]` from `times[i]` on, 0 before. Times in microseconds, ascending. */
class Steps {
  constructor(times, values) {
    this.times = Float64Array.from(times);
    this.values = Float64Array.from(values);
    this.integral = new Float64Array(this.times.length);
    for (let i = 1; i < this.times.length; ++i)
      this.integral[i] = this.integral[i - 1] + this.values[i - 1] * (this.times[i] - this.times[i - 1]);
    this.highest = [this.values];
    while (this.highest.at(-1).length > fanOut) this.highest.push(Steps.coarser(this.highest.at(-1)));
  }

  /** The sum of step functions given as [moment, change], in any order. */
  static ofChanges(changes) {
    changes.sort((a, b) => a[0] - b[0]);
    const times = [],
      values = [];
    let level = 0;
    for (const [at, change] of changes) {
      level += change;
      if (times.at(-1) === at) values[values.length - 1] = level;
      else {
        times.push(at);
        values.push(level);
      }
    }
    return new Steps(times, values);
  }

  static coarser(values) {
    return Float64Array.from({ length: Math.ceil(values.length / fanOut) }, (_, i) =>
      values.subarray(i * fanOut, (i + 1) * fanOut).reduce((a, b) => Math.max(a, b)),
    );
  }

  at(moment) {
    const begun = countBelow(this.times, moment);
    if (this.times[begun] === moment) return this.values[begun];
    return begun > 0 ? this.values[begun - 1] : 0;
  }

  until(moment) {
    const last = countBelow(this.times, moment) - 1;
    return last < 0 ? 0 : this.integral[last] + this.values[last] * (moment - this.times[last]);
  }

  mean(from, to) {
    return (this.until(to) - this.until(from)) / (to - from);
  }

  /** The highest level in a stretch: whole blocks of values as far as they fit, single ones at its ends. */
  max(from, to) {
    let best = this.at(from);
    let low = countBelow(this.times, from),
      high = countBelow(this.times, to);
    for (const values of this.highest) {
      while (low < high && low % fanOut !== 0) best = Math.max(best, values[low++]);
      while (low < high && high % fanOut !== 0) best = Math.max(best, values[--high]);
      if (low >= high) return best;
      if (values === this.highest.at(-1)) {
        while (low < high) best = Math.max(best, values[low++]);
        return best;
      }
      low /= fanOut;
      high /= fanOut;
    }
    return best;
  }
}
