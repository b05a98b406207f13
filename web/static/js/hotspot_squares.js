// The squares of a hotspot map, and in which of five classes each is for the months that are shown. No map, no page.
export const NOTHING = -2;
export const STRIPES = -1;

export class Squares {
  constructor(drawn) {
    this.drawn = drawn;
    this.size = drawn.rings.length;
    this.months = drawn.months.length;
    this.classes = new Int8Array(this.size).fill(NOTHING);
    this.show(0, this.months);
    if (!this.months) return;
    this.summed = { visits: runningSums(drawn.visits, this.size), notes: runningSums(drawn.notes, this.size) };
    this.near = neighbours(drawn);
    this.breaks = { visits: breaks(this.counts('visits')), notes: breaks(this.counts('notes')) };
  }

  /** Show `length` months from the `start`th on. */
  show(start, length) {
    this.start = start;
    this.length = length;
  }

  get isWhole() {
    return this.length === this.months;
  }

  /** Visits or notes of each square in the months that are shown. */
  counts(what) {
    const sums = this.summed[what];
    const [from, to] = [this.start * this.size, (this.start + this.length) * this.size];
    const counts = new Int32Array(this.size);
    for (let i = 0; i < this.size; i += 1) counts[i] = sums[to + i] - sums[from + i];
    return counts;
  }

  /** The class of each square: 0 to 4, STRIPES where nothing can be said, NOTHING where there is none. */
  classed(mode) {
    if (!this.months) this.classes.set(this.drawn.classes);
    else if (mode === 'ratio' && this.drawn.method !== 'activity') this.byRatio();
    else this.byCount(mode === 'visits' ? 'visits' : 'notes');
    return this.classes;
  }

  byRatio() {
    const { visits, notes, noted, expected } = this.around();
    const { states, fewest, ratios } = this.drawn;
    for (let i = 0; i < this.size; i += 1) {
      const isSilent = this.isWhole ? states[i] === 'too_few_visits' : expected[i] < fewest;
      if (!visits[i] && !notes[i] && !this.isWhole) this.classes[i] = NOTHING;
      else this.classes[i] = isSilent ? STRIPES : classOf(noted[i] / expected[i], ratios);
    }
  }

  byCount(what) {
    const counts = this.counts(what);
    const limits = this.limits(what);
    for (let i = 0; i < this.size; i += 1) this.classes[i] = counts[i] ? classOf(counts[i], limits) : NOTHING;
  }

  /** Where the classes of counts part: as for all months, by the share of them that is shown. */
  limits(what) {
    return this.breaks[what].map((limit, at) => Math.max(Math.round((limit * this.length) / this.months), at + 1));
  }

  /** For each square: its visits and notes, and the notes and expected notes of what lies near it with it. */
  around() {
    const [visits, notes] = [this.counts('visits'), this.counts('notes')];
    const all = sum(visits);
    const rate = all ? sum(notes) / all : 0;
    const [noted, expected] = [new Float64Array(this.size), new Float64Array(this.size)];
    const { starts, members } = this.near;
    for (let i = 0; i < this.size; i += 1) {
      for (let at = starts[i]; at < starts[i + 1]; at += 1) {
        noted[i] += notes[members[at]];
        expected[i] += visits[members[at]] * rate;
      }
    }
    return { visits, notes, noted, expected };
  }
}

function classOf(value, limits) {
  let found = 0;
  while (found < limits.length && value >= limits[found]) found += 1;
  return found;
}

const sum = (counts) => counts.reduce((all, one) => all + one, 0);

/** Sums of the months before each month, one after the other: row m holds the first m months of every square. */
function runningSums(rows, size) {
  const sums = new Int32Array((rows.length + 1) * size);
  for (const [month, row] of rows.entries()) {
    for (let i = 0; i < size; i += 1) sums[(month + 1) * size + i] = sums[month * size + i] + row[i];
  }
  return sums;
}

/** Which squares lie near each, itself included, by the distance of their corners. */
function neighbours({ corners, metres, reach }) {
  const at = new Map(corners.map(([east, north], i) => [east * 10_000_000 + north, i]));
  const steps = [];
  for (let east = -reach + (reach % metres); east <= reach; east += metres) {
    for (let north = -reach + (reach % metres); north <= reach; north += metres) {
      if (Math.hypot(east, north) <= reach) steps.push(east * 10_000_000 + north);
    }
  }
  const starts = new Int32Array(corners.length + 1);
  const members = [];
  for (const [i, [east, north]] of corners.entries()) {
    for (const step of steps) {
      const near = at.get(east * 10_000_000 + north + step);
      if (near !== undefined) members.push(near);
    }
    starts[i + 1] = members.length;
  }
  return { starts, members: Int32Array.from(members) };
}

/** Four limits between five classes of about as many squares each. */
function breaks(counts) {
  const some = counts.filter((count) => count > 0).sort();
  return [0.2, 0.4, 0.6, 0.8].map((share) => some[Math.floor(share * some.length)] ?? 1);
}
