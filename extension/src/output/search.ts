import type { OutputAnswer, OutputRequest, Position, Query } from './messages';

/** How long new output waits until it is searched too. */
const AGAIN_MS = 500;

/** A search on the page: what is looked for, what was found so far, and which of it is shown. */
export class Search {
  query: Query | null = null;
  matches: readonly Position[] = [];
  /** Index in `matches`; -1 while there is none. */
  current = -1;
  /** There are more matches than are told. */
  isCut = false;
  #next: Position = { chunk: 0, offset: 0 };
  #isAsked = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #askedEnd = 0;

  constructor(
    readonly runId: string,
    private readonly ask: (request: OutputRequest) => void,
  ) {}

  get isSearching(): boolean {
    return this.#isAsked;
  }

  get match(): Position | null {
    return this.matches[this.current] ?? null;
  }

  /** Begins anew in the output of now `end` chunks. An empty text ends the search. */
  start(query: Query, end: number): void {
    this.query = query.text === '' ? null : query;
    this.matches = [];
    this.current = -1;
    this.isCut = false;
    this.#next = { chunk: 0, offset: 0 };
    this.#ask(end);
  }

  /** Output has come: it is searched too, not more often than now and then. `now` in milliseconds. */
  goOn(end: number, now: number): void {
    if (this.isCut || this.#isAsked || end === this.#askedEnd || now - this.#askedAt < AGAIN_MS) return;
    this.#askedAt = now;
    this.#ask(end);
  }

  /** Takes an answer to the newest question; others are too late. */
  received({ query, from, matches, next, isCut }: Extract<OutputAnswer, { type: 'found' }>): boolean {
    const isCurrent =
      query.text === this.query?.text &&
      query.matchCase === this.query.matchCase &&
      samePosition(from, this.#next);
    if (!isCurrent || !this.#isAsked) return false;
    this.#isAsked = false;
    this.#next = next;
    this.isCut = isCut;
    this.matches = [...this.matches, ...matches];
    return true;
  }

  /** The first match from `from` on, or else the first of all. */
  choose(from: Position): void {
    const index = this.matches.findIndex((match) => !isBefore(match, from));
    this.current = this.matches.length === 0 ? -1 : Math.max(0, index);
  }

  /** The next or the previous one, over the ends. */
  step(by: 1 | -1): void {
    const { length } = this.matches;
    if (length > 0) this.current = this.current < 0 ? 0 : (this.current + by + length) % length;
  }

  #ask(end: number): void {
    this.#isAsked = this.query !== null;
    this.#askedEnd = end;
    if (this.query === null) return;
    this.ask({ type: 'find', runId: this.runId, query: this.query, from: this.#next });
  }
}

export function isBefore(left: Position, right: Position): boolean {
  return left.chunk < right.chunk || (left.chunk === right.chunk && left.offset < right.offset);
}

function samePosition(left: Position, right: Position): boolean {
  return left.chunk === right.chunk && left.offset === right.offset;
}
