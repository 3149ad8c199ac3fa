import type { Chunk } from './chunk';
import type { Position, Query } from './messages';
import type { Stretch } from './output_store';

/** Matches that are told; whoever gets more has to look for something else. */
export const MATCH_LIMIT = 10_000;
/** Characters that are searched at once before others get their turn. */
const SLICE = 1_000_000;
const CHUNKS_PER_READ = 2_000;

/** What is searched: chunks in order, none beyond the end. */
export interface Searched {
  readonly end: number;
  read(from: number, count: number): Promise<Stretch>;
}

export interface Found {
  readonly matches: readonly Position[];
  readonly next: Position;
  readonly isCut: boolean;
}

/**
 * Looks for a text in the whole output. Text that came in pieces is one text: a match may begin in one chunk and end
 * in another. `stopped` is asked now and then.
 */
export async function find(
  searched: Searched,
  query: Query,
  from: Position,
  stopped: () => boolean = () => false,
): Promise<Found> {
  const scan = new Scan(query, from);
  let next = from.chunk;
  let sinceRest = 0;
  while (next < searched.end && !scan.isFull && !stopped()) {
    const { items, to } = await searched.read(next, CHUNKS_PER_READ);
    for (const item of items) {
      scan.add(item);
      sinceRest += item.text.length;
    }
    next = to;
    if (sinceRest < SLICE) continue;
    sinceRest = 0;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return scan.end(next);
}

/** Goes over chunks in order, with as much of the text before as a match could begin in. */
class Scan {
  readonly #pattern: RegExp;
  readonly #overlap: number;
  readonly #matches: Position[] = [];
  #buffer = '';
  /** Where the pieces of the buffer come from. */
  #pieces: { readonly at: number; readonly position: Position }[] = [];
  #skip: Position | undefined;

  constructor(query: Query, from: Position) {
    const literal = query.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    this.#pattern = new RegExp(literal, query.matchCase ? 'gu' : 'giu');
    this.#overlap = query.text.length - 1;
    this.#skip = from;
  }

  get isFull(): boolean {
    return this.#matches.length >= MATCH_LIMIT;
  }

  add({ index, kind, text }: Chunk): void {
    if (this.isFull) return;
    const skipped = this.#skip?.chunk === index ? this.#skip.offset : 0;
    this.#skip = undefined;
    if (kind !== 'text') this.#flush();
    this.#pieces.push({ at: this.#buffer.length, position: { chunk: index, offset: skipped } });
    this.#buffer += text.slice(skipped);
    if (kind !== 'text') this.#flush();
    else if (this.#buffer.length > SLICE / 16) this.#search();
  }

  end(chunk: number): Found {
    this.#search();
    const first = this.#pieces[0];
    const next = first === undefined ? { chunk, offset: 0 } : this.#positionOf(0);
    return { matches: this.#matches, next: this.isFull ? { chunk, offset: 0 } : next, isCut: this.isFull };
  }

  /** What follows does not belong to the same text. */
  #flush(): void {
    this.#search();
    this.#buffer = '';
    this.#pieces = [];
  }

  #search(): void {
    let searchedTo = 0;
    for (const match of this.#buffer.matchAll(this.#pattern)) {
      if (this.isFull) return;
      this.#matches.push(this.#positionOf(match.index));
      searchedTo = match.index + match[0].length;
    }
    this.#forget(Math.max(searchedTo, this.#buffer.length - this.#overlap));
  }

  /** Lets the first `count` characters go. */
  #forget(count: number): void {
    const kept = this.#pieces.filter((piece, index) => {
      const end = this.#pieces[index + 1]?.at ?? this.#buffer.length;
      return end > count || (index === this.#pieces.length - 1 && piece.at >= count);
    });
    this.#pieces = kept.map(({ at, position }) => ({
      at: Math.max(0, at - count),
      position: { chunk: position.chunk, offset: position.offset + Math.max(0, count - at) },
    }));
    this.#buffer = this.#buffer.slice(count);
  }

  #positionOf(at: number): Position {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.at ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const piece = this.#pieces[low];
    if (piece === undefined) return { chunk: 0, offset: 0 };
    return { chunk: piece.position.chunk, offset: piece.position.offset + at - piece.at };
  }
}
