import type { Entry } from './entries';

/** Entries that are kept; when there are more, the older half goes. */
const ENTRY_LIMIT = 40_000;

/** The lines of a trace in order, and which of them are other than before. */
export class EntryLog {
  /** The first of them has the number `first`. */
  entries: Entry[] = [];
  first = 0;
  #changed = new Set<number>();
  readonly #numbers = new WeakMap<Entry, number>();

  constructor(private readonly limit = ENTRY_LIMIT) {}

  /** The number of the entry that comes next. */
  get end(): number {
    return this.first + this.entries.length;
  }

  push(entry: Entry): void {
    this.#changed.add(this.end);
    this.#numbers.set(entry, this.end);
    this.entries.push(entry);
  }

  /** The entry is to be drawn anew. */
  touched<E extends Entry>(entry: E): E {
    this.#changed.add(this.#numbers.get(entry) ?? 0);
    return entry;
  }

  /** Numbers of entries that are other than when this was last asked. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  makeRoom(): void {
    if (this.entries.length <= this.limit) return;
    const gone = this.entries.length >> 1;
    this.#changed.clear();
    this.entries = this.entries.slice(gone);
    this.first += gone;
  }
}
