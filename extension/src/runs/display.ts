import type { OutputItem } from '../server/protocol.generated';

/** A piece of output, cut to what a person can look at. */
export interface DisplayItem {
  readonly kind: 'text' | 'value' | 'frame';
  readonly text: string;
  /** Characters of the whole piece, when `text` is only its beginning. */
  readonly wholeLength?: number;
}

/** Characters of one piece that are drawn; the rest is in the document that "Open as Document" opens. */
export const PIECE_LIMIT = 20_000;

export function displayItem(item: OutputItem): DisplayItem {
  const kind = item.type === 'unknown-frame' ? 'frame' : item.type;
  return cut(kind, wholeText(item), item.truncatedFrom);
}

/** The result of a call: a string is shown as the text it is, anything else as JSON. */
export function displayValue(value: unknown): DisplayItem {
  return typeof value === 'string' ? cut('text', value) : cut('value', asJson(value));
}

/** All of a piece that has reached the editor. */
export function wholeText(item: OutputItem): string {
  return item.type === 'value' ? asJson(item.value) : (item.text ?? '');
}

export function asJson(value: unknown): string {
  // `undefined` has no JSON; it stands for a value that is not there.
  return JSON.stringify(value, undefined, 2) ?? 'null';
}

function cut(kind: DisplayItem['kind'], text: string, truncatedFrom?: number): DisplayItem {
  const whole = Math.max(truncatedFrom ?? 0, text.length);
  if (text.length <= PIECE_LIMIT && truncatedFrom === undefined) return { kind, text };
  return { kind, text: head(text, PIECE_LIMIT), wholeLength: whole };
}

/** The first `length` UTF-16 units, one less where that would split a character in two. */
function head(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const isHighSurrogate = text.length > length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? length - 1 : length);
}
