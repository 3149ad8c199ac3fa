/** Bars of the picture of the gaps, at most. */
export const BAR_LIMIT = 120;
const RECENT = 101;
const STALLED_AFTER_MS = 5_000;

/** The pauses between chunks, in constant memory. All times are milliseconds. */
export class Gaps {
  #bars: number[] = [];
  #perBar = 1;
  #inLastBar = 0;
  readonly #recent = new Float64Array(RECENT);
  #count = 0;
  #longest = 0;
  #longestAt = 0;

  /** The pause before chunk number `chunk`. */
  add(gapMs: number, chunk: number): void {
    this.#recent[this.#count % RECENT] = gapMs;
    this.#count += 1;
    if (gapMs > this.#longest) [this.#longest, this.#longestAt] = [gapMs, chunk];
    if (this.#inLastBar === 0) this.#bars.push(0);
    const last = this.#bars.length - 1;
    this.#bars[last] = Math.max(this.#bars[last] ?? 0, gapMs);
    this.#inLastBar = (this.#inLastBar + 1) % this.#perBar;
    if (this.#bars.length === BAR_LIMIT && this.#inLastBar === 0) this.#halve();
  }

  get count(): number {
    return this.#count;
  }

  /** The longest gap of each stretch of chunks, all stretches equally long but the last one. */
  get bars(): readonly number[] {
    return this.#bars;
  }

  get longest(): { readonly ms: number; readonly chunk: number } {
    return { ms: this.#longest, chunk: this.#longestAt };
  }

  /** Of the last hundred or so; 0 while there are none. */
  get medianMs(): number {
    const recent = this.#recent.slice(0, Math.min(this.#count, RECENT)).sort();
    return recent[recent.length >> 1] ?? 0;
  }

  /** Silence that is longer than the agent's pauses would make one expect. */
  isStalled(silentMs: number): boolean {
    return silentMs > Math.max(STALLED_AFTER_MS, 10 * this.medianMs);
  }

  #halve(): void {
    const pairs: number[] = [];
    for (let bar = 0; bar < this.#bars.length; bar += 2) {
      pairs.push(Math.max(this.#bars[bar] ?? 0, this.#bars[bar + 1] ?? 0));
    }
    this.#bars = pairs;
    this.#perBar *= 2;
  }
}
