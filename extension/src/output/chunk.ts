import type { OutputItem } from '../server/protocol.generated';

export type ChunkKind = 'text' | 'value' | 'frame';

/** A piece of output, as the page gets it. */
export interface Chunk {
  /** Counts the pieces of the run. */
  readonly index: number;
  /** Milliseconds since the agent was called. */
  readonly atMs: number;
  /** Bytes of the whole piece as UTF-8; a value's as JSON without spaces. */
  readonly size: number;
  readonly kind: ChunkKind;
  /** A value as JSON without spaces. */
  readonly text: string;
  /** Characters of the whole piece, when `text` is only its beginning. */
  readonly wholeLength?: number;
}

/** Characters of one piece that go to the page; the rest is in the document that "Open as Document" opens. */
const PIECE_LIMIT = 1_000_000;

/** All of a piece that has reached the editor. */
export function chunkOf(item: OutputItem): Chunk {
  const { index, atMs, type, truncatedFrom } = item;
  const text = type === 'value' ? compactJson(item.value) : (item.text ?? '');
  const kind: ChunkKind = type === 'unknown-frame' ? 'frame' : type;
  const whole = { index, atMs, kind, text };
  if (truncatedFrom === undefined) return { ...whole, size: utf8Length(text) };
  // What is not here is taken to be of the same kind.
  const size = Math.round((utf8Length(text) / Math.max(1, text.length)) * truncatedFrom);
  return { ...whole, size, wholeLength: Math.max(truncatedFrom, text.length) };
}

/** The result of a call: a string is the text it is, anything else is JSON. */
export function chunkOfValue(value: unknown, at: Pick<Chunk, 'index' | 'atMs'>): Chunk {
  const [kind, text] =
    typeof value === 'string' ? (['text', value] as const) : (['value', compactJson(value)] as const);
  return { ...at, kind, text, size: utf8Length(text) };
}

/** No more of a piece than the page can show. */
export function cutForPage(item: Chunk): Chunk {
  const { text } = item;
  if (text.length <= PIECE_LIMIT) return item;
  return { ...item, text: head(text, PIECE_LIMIT), wholeLength: item.wholeLength ?? text.length };
}

/** Characters of a value with line breaks, at most. */
const PRETTY_LIMIT = 64_000_000;

/**
 * A value with line breaks; one that was cut is no JSON any more and stays as it is, and so does one of which many
 * parts are so deep that the blanks before them would fill the memory.
 */
export function prettyText({ kind, text }: Pick<Chunk, 'kind' | 'text'>): string {
  if (kind !== 'value' || text.length + blanksOf(text) > PRETTY_LIMIT) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** Line breaks, and blanks before lines, that a JSON text has when each part is on a line. */
function blanksOf(text: string): number {
  let depth = 0;
  let blanks = 0;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (mark === '"') at = endOfString(text, at);
    else if (mark !== undefined && ',[]{}'.includes(mark)) blanks += 1 + 2 * depth;
  }
  return blanks;
}

/** Where the string ends that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function compactJson(value: unknown): string {
  // `undefined` has no JSON; it stands for a value that is not there.
  return JSON.stringify(value) ?? 'null';
}

/** Bytes of the text as UTF-8. Half of a surrogate pair counts as the replacement character that it becomes. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(at + 1))) {
      // Two units, four bytes.
      at += 1;
    }
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The first `length` UTF-16 units, one less where that would split a character in two. */
function head(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const isHighSurrogate = text.length > length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? length - 1 : length);
}
