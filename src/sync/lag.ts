/**
 * How long records took into the peer's table. Bounded memory: 16 classes for each doubling of the time, so
 * that a percentile is right to 1/16 of itself; the maximum is exact.
 */
const CLASSES_PER_OCTAVE = 16;
/** Up to 2^32 microseconds. */
const CLASSES = 33 * CLASSES_PER_OCTAVE;

export interface LagSummary {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function classOf(value: number): number {
  if (value < CLASSES_PER_OCTAVE) return value;
  const octave = 31 - Math.clz32(value);
  return (octave - 3) * CLASSES_PER_OCTAVE + ((value >>> (octave - 4)) & (CLASSES_PER_OCTAVE - 1));
}

/** The largest value of a class. */
function upperEnd(index: number): number {
  if (index < CLASSES_PER_OCTAVE) return index;
  const octave = Math.floor(index / CLASSES_PER_OCTAVE) + 3;
  return (CLASSES_PER_OCTAVE + (index % CLASSES_PER_OCTAVE) + 1) * 2 ** (octave - 4) - 1;
}

export class LagHistogram {
  readonly #counts = new Uint32Array(CLASSES);
  #total = 0;
  #max = 0;

  /** @param micros below 2^32 */
  add(micros: number): void {
    const value = Math.max(0, Math.trunc(micros));
    const at = classOf(value);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total++;
    if (value > this.#max) this.#max = value;
  }

  /** Milliseconds; zeros before the first measurement. */
  summary(): LagSummary {
    return { p50: this.#percentile(0.5), p99: this.#percentile(0.99), max: this.#max / 1000 };
  }

  #percentile(share: number): number {
    const rank = Math.ceil(this.#total * share);
    let seen = 0;
    for (let at = 0; at < CLASSES && rank > 0; at++) {
      seen += this.#counts[at] ?? 0;
      if (seen >= rank) return Math.min(upperEnd(at), this.#max) / 1000;
    }
    return 0;
  }
}
