import type { Chunk, ChunkKind } from './chunk';
import type { ChunkLog } from './chunk_log';
import { type MarkdownPart, MarkdownParts } from './markdown_parts';

/**
 * A stretch of output that is drawn as one thing: from `fromOffset` of chunk `fromChunk` up to, and without,
 * `toOffset` of chunk `toChunk`. Offsets are UTF-16 units.
 */
export interface Segment {
  readonly kind: ChunkKind;
  readonly fromChunk: number;
  readonly fromOffset: number;
  readonly toChunk: number;
  readonly toOffset: number;
  /** Markdown that comes before the text of the segment, to open a code block again. */
  readonly prefix: string;
  readonly length: number;
}

type Growing = { -readonly [K in keyof Segment]: Segment[K] };

/** The output cut into segments; only the last one still grows. */
export interface Segments {
  readonly list: readonly Segment[];
  /** The chunk must be in the log already. */
  add(item: Chunk): void;
}

/** From so many characters on, a segment of plain text ends with its line. */
const LINE_TARGET = 1_500;
/** Where a line that does not end is split. */
const HARD_LIMIT = 8_000;
const VALUES_TOGETHER = 20;

/** Output as it came: lines together until there are enough of them. */
export class PlainSegments implements Segments {
  readonly list: Growing[] = [];
  #open: Growing | undefined;
  #chunks = 0;

  add({ index, kind, text }: Chunk): void {
    if (text === '' && kind === 'text') return;
    if (!this.#goesOn(kind)) this.#open = undefined;
    this.#chunks += 1;
    let at = 0;
    do {
      const { end, closes } = this.#cut(kind, text, at);
      this.#extend(kind, index, at, end);
      if (closes) this.#open = undefined;
      at = end;
    } while (at < text.length);
  }

  #goesOn(kind: ChunkKind): boolean {
    if (this.#open?.kind !== kind) return false;
    const isFull = this.#open.length >= LINE_TARGET || this.#chunks >= VALUES_TOGETHER;
    return kind === 'text' || !isFull;
  }

  /** Where the part of the text that belongs to the open segment ends, and whether the segment ends there too. */
  #cut(kind: ChunkKind, text: string, at: number): { readonly end: number; readonly closes: boolean } {
    const length = this.#open?.length ?? 0;
    const hardEnd = at + HARD_LIMIT - length;
    const target = at + Math.max(0, LINE_TARGET - length - 1);
    const lineEnd = kind === 'text' ? text.indexOf('\n', target) + 1 : 0;
    if (lineEnd > 0 && lineEnd <= hardEnd) return { end: lineEnd, closes: true };
    if (text.length < hardEnd) return { end: text.length, closes: false };
    const last = text.charCodeAt(hardEnd - 1);
    const splits = hardEnd < text.length && hardEnd > at + 1 && last >= 0xd800 && last <= 0xdbff;
    return { end: splits ? hardEnd - 1 : hardEnd, closes: true };
  }

  #extend(kind: ChunkKind, chunk: number, from: number, to: number): void {
    if (this.#open === undefined) {
      this.#chunks = 1;
      this.#open = opened(kind, chunk, from);
      this.list.push(this.#open);
    }
    this.#open.toChunk = chunk;
    this.#open.toOffset = to;
    this.#open.length += to - from;
  }
}

/** Text as Markdown, block by block; values apart from it. */
export class MarkdownSegments implements Segments {
  readonly list: Growing[] = [];
  #open: Growing | undefined;
  #parts = new MarkdownParts();
  #chunks = 0;

  constructor(private readonly log: ChunkLog) {}

  add(item: Chunk): void {
    if (item.kind === 'text') this.#addText(item);
    else this.#addValue(item);
  }

  /** To be called when a batch of chunks has been added. */
  settle(): void {
    if (this.#open?.kind !== 'text') return;
    const { toChunk, toOffset } = this.#open;
    for (const part of this.#parts.settle()) this.#close(part);
    const { prefix, text } = this.#parts.tail;
    Object.assign(this.#open, { prefix, length: text.length, toChunk, toOffset });
  }

  #addText({ index, text }: Chunk): void {
    if (text === '') return;
    if (this.#open?.kind !== 'text') this.#begin('text', index, 0);
    this.#parts.add(text);
    const open = this.#open;
    if (open === undefined) return;
    open.length += text.length;
    open.toChunk = index;
    open.toOffset = text.length;
  }

  #addValue({ index, kind, text }: Chunk): void {
    const isFull = this.#chunks >= VALUES_TOGETHER || (this.#open?.length ?? 0) >= LINE_TARGET;
    if (this.#open?.kind !== kind || isFull) {
      this.settle();
      this.#parts = new MarkdownParts();
      this.#begin(kind, index, 0);
      this.#chunks = 0;
    }
    const open = this.#open;
    if (open === undefined) return;
    this.#chunks += 1;
    open.toChunk = index;
    open.toOffset = text.length;
    open.length += text.length;
  }

  #begin(kind: ChunkKind, chunk: number, offset: number): void {
    this.#open = opened(kind, chunk, offset);
    this.list.push(this.#open);
  }

  /** Ends the open segment after its part, and begins the next one there. */
  #close({ prefix, length }: MarkdownPart): void {
    const open = this.#open;
    if (open === undefined) return;
    open.prefix = prefix;
    let chunk = open.fromChunk;
    let offset = open.fromOffset + length;
    while (offset > this.log.length(chunk) && chunk < this.log.end - 1) {
      offset -= this.log.length(chunk);
      chunk += 1;
    }
    open.toChunk = chunk;
    open.toOffset = offset;
    open.length = length;
    this.#begin('text', chunk, offset);
  }
}

function opened(kind: ChunkKind, chunk: number, offset: number): Growing {
  return {
    kind,
    fromChunk: chunk,
    fromOffset: offset,
    toChunk: chunk,
    toOffset: offset,
    prefix: '',
    length: 0,
  };
}
