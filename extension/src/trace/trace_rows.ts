import { sizeOf } from '../output/json_rows';
import type { Position } from '../output/messages';
import { isBefore } from '../output/search';
import { Sums } from '../output/sums';
import { hasMore, insideOf, type RowContent } from './row_content';
import type { Trace } from './trace';

/** A line of the trace as it is drawn. */
export interface TraceRow {
  /** The number of the entry that it belongs to. */
  readonly entry: number;
  /** The way to it from its entry; the same as long as the trace grows. */
  readonly key: string;
  /** 1 for an entry. */
  readonly level: number;
  /** Place among the rows beside it, from 1, and how many those are. */
  readonly place: number;
  readonly siblings: number;
  readonly content: RowContent;
  /** There is more to be seen: rows in it, or the rest of its text. */
  readonly hasMore: boolean;
  readonly isOpen: boolean;
}

/** Entries that are open from the start. */
const OPEN_AT_FIRST = 20;
/** Values that are open from the start, once what they are in is opened. */
const SMALL_VALUE = 20;
/** A trace as a tree of rows. Only what is open has rows. */
export class TraceRows {
  readonly #counts = new Sums();
  readonly #rows = new Map<number, readonly TraceRow[]>();
  /** What the reader has opened and closed, by entry and key. */
  readonly #toggled = new Map<number, Map<string, boolean>>();
  #startsOpen: ((entry: number) => boolean) | undefined;
  #first = 0;

  constructor(readonly trace: Trace) {
    trace.takeChanged();
    this.#begin();
  }

  get count(): number {
    return this.#counts.total;
  }

  /** Takes in what has happened since. True: rows have come or gone elsewhere than at the end. */
  update(): boolean {
    const { trace } = this;
    const changed = trace.takeChanged();
    if (trace.first !== this.#first) {
      this.#begin();
      return true;
    }
    let moved = false;
    for (const number of changed) {
      const place = number - trace.first;
      if (place >= 0 && place < this.#counts.length) moved = this.#renew(number) || moved;
    }
    this.#append();
    return moved;
  }

  at(index: number): TraceRow {
    const place = this.#counts.find(index);
    const rows = this.#rowsOf(this.trace.first + place);
    return rows[Math.min(index - this.#counts.before(place), rows.length - 1)] as TraceRow;
  }

  /** The first row of an entry. */
  indexOf(entry: number): number {
    return this.#counts.before(entry - this.trace.first);
  }

  toggle(index: number): boolean {
    return this.#set(index, !this.at(index).isOpen);
  }

  open(index: number): boolean {
    return this.#set(index, true);
  }

  close(index: number): boolean {
    return this.#set(index, false);
  }

  /** Opens or closes all entries. */
  openAll(isOpen: boolean): void {
    this.#startsOpen = () => isOpen;
    this.#toggled.clear();
    this.#begin();
  }

  /** The row around a row; itself for an entry. */
  parentOf(index: number): number {
    const { level } = this.at(index);
    let at = index;
    while (level > 1 && this.at(at).level >= level) at -= 1;
    return at;
  }

  /** The row of what was found at a place of the output, or last before it; what it is in is opened. */
  reveal(position: Position): number {
    const { entries, first } = this.trace;
    const place = lastAt(entries, position);
    const entry = entries[place];
    if (entry === undefined) return 0;
    const start = this.indexOf(first + place);
    if (entry.kind !== 'step') return start;
    const part = entry.parts[lastAt(entry.parts, position)];
    if (part === undefined || isBefore(position, part.at)) return start;
    this.open(start);
    const row = this.#rowsOf(first + place).findIndex(
      ({ content }) => content.kind === 'part' && content.part === part,
    );
    if (row < 0) return start;
    this.open(start + row);
    return start + row;
  }

  #begin(): void {
    this.#counts.clear();
    this.#rows.clear();
    this.#first = this.trace.first;
    for (const number of this.#toggled.keys()) if (number < this.#first) this.#toggled.delete(number);
    this.#append();
  }

  #append(): void {
    for (let number = this.#first + this.#counts.length; number < this.trace.end; number += 1) {
      this.#counts.push(this.#rowsOf(number).length);
    }
  }

  /** Makes the rows of an entry again. True: their number is another. */
  #renew(number: number): boolean {
    const place = number - this.trace.first;
    this.#rows.delete(number);
    const { length } = this.#rowsOf(number);
    const isOther = length !== this.#counts.get(place);
    this.#counts.set(place, length);
    return isOther;
  }

  #rowsOf(number: number): readonly TraceRow[] {
    const known = this.#rows.get(number);
    if (known !== undefined) return known;
    const rows: TraceRow[] = [];
    const { entries, first } = this.trace;
    const entry = entries[number - first];
    if (entry === undefined) return rows;
    const at = { entry: number, level: 1, key: '', place: number - first + 1, siblings: entries.length };
    this.#walk({ kind: 'entry', entry }, at, rows);
    // Closed entries are made again when they are looked at: they are as many as there are steps.
    if (rows.length > 1) this.#rows.set(number, rows);
    return rows;
  }

  #walk(content: RowContent, at: Omit<TraceRow, 'content' | 'isOpen' | 'hasMore'>, rows: TraceRow[]): void {
    const more = hasMore(content);
    const toggled = this.#toggled.get(at.entry)?.get(at.key);
    const isOpen = more && (toggled ?? this.#isOpenAtFirst(content, at.entry));
    rows.push({ ...at, content, hasMore: more, isOpen });
    if (!isOpen) return;
    const inside = insideOf(content);
    for (const [index, child] of inside.entries()) {
      const key = `${at.key}.${index}`;
      const place = { place: index + 1, siblings: inside.length };
      this.#walk(child, { entry: at.entry, level: at.level + 1, key, ...place }, rows);
    }
  }

  #isOpenAtFirst(content: RowContent, entry: number): boolean {
    if (content.kind === 'entry') return this.#startsOpen?.(entry) ?? entry < OPEN_AT_FIRST;
    return content.kind === 'value' && sizeOf(content.value.parts) <= SMALL_VALUE;
  }

  #set(index: number, isOpen: boolean): boolean {
    if (index >= this.count) return false;
    const { entry, key, hasMore, isOpen: was } = this.at(index);
    if (!hasMore || was === isOpen) return false;
    const toggled = this.#toggled.get(entry) ?? new Map<string, boolean>();
    this.#toggled.set(entry, toggled.set(key, isOpen));
    this.#renew(entry);
    return true;
  }
}

/** The last thing at or before a place; -1 when all are after it. */
function lastAt(things: readonly { readonly at: Position }[], position: Position): number {
  let low = -1;
  let high = things.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const at = things[middle]?.at;
    if (at !== undefined && !isBefore(position, at)) low = middle;
    else high = middle - 1;
  }
  return low;
}
