import { sizeOf } from '../output/json_rows';
import type { Entry, Part } from './entries';
import type { KeptValue } from './kept_value';
import type { RecalledMemory } from './trace_event';

/** What a row is about. */
export type RowContent =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'memory'; readonly memory: RecalledMemory }
  /** A whole text or JSON value; `name` says whose. */
  | { readonly kind: 'value'; readonly name: ValueName; readonly value: KeptValue; readonly isError: boolean }
  /** A value inside of another. */
  | { readonly kind: 'json'; readonly key: string | number; readonly value: unknown }
  /** A key of working memory that is no longer there. */
  | { readonly kind: 'removed'; readonly key: string };

export type ValueName = 'arguments' | 'result' | 'error' | 'input';

/** Characters of a text of which all is shown at once. */
export const SHORT_TEXT = 160;

/** Whether a row has more to show than itself: rows in it, or the rest of its text. */
export function hasMore(content: RowContent): boolean {
  return hasInside(content) || hasLongText(content);
}

function hasInside(content: RowContent): boolean {
  // A long list is not to be gone through as long as it is closed.
  return content.kind === 'json' ? sizeOf(content.value) > 0 : insideOf(content).length > 0;
}

/** What is in a row, in order. */
export function insideOf(content: RowContent): readonly RowContent[] {
  switch (content.kind) {
    case 'entry':
      return insideOfEntry(content.entry);
    case 'part':
      return insideOfPart(content.part);
    case 'value':
      return childrenOf(content.value.parts);
    case 'json':
      return childrenOf(content.value);
    case 'memory':
    case 'removed':
      return [];
  }
}

function insideOfEntry(entry: Entry): readonly RowContent[] {
  switch (entry.kind) {
    case 'step':
      return entry.parts.map((part) => ({ kind: 'part', part }));
    case 'session':
      return entry.input !== null && isLong(entry.input) ? [valueRow('input', entry.input)] : [];
    case 'end':
      return entry.error !== null && isLong(entry.error) ? [valueRow('error', entry.error, true)] : [];
    case 'answer':
      return [];
  }
}

function insideOfPart(part: Part): readonly RowContent[] {
  switch (part.kind) {
    case 'call': {
      const { observation } = part;
      const given = part.arguments.length === 0 ? [] : [valueRow('arguments', part.arguments)];
      if (observation === null) return given;
      const { isOk, content } = observation;
      return [...given, valueRow(isOk ? 'result' : 'error', content, !isOk)];
    }
    case 'observation': {
      const { isOk, content } = part.observation;
      return [valueRow(isOk ? 'result' : 'error', content, !isOk)];
    }
    case 'recalled':
      return part.memories.map((memory) => ({ kind: 'memory', memory }));
    case 'working':
      return [
        ...childrenOf(part.set.parts),
        ...part.removed.map((key) => ({ kind: 'removed', key }) as const),
      ];
    default:
      return [];
  }
}

function valueRow(name: ValueName, value: KeptValue, isError = false): RowContent {
  return { kind: 'value', name, value, isError };
}

function childrenOf(value: unknown): readonly RowContent[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value);
  return entries.map(([key, child]) => ({ kind: 'json', key, value: child }));
}

function hasLongText(content: RowContent): boolean {
  const text = textOf(content);
  return text !== undefined && isLong(text);
}

function isLong({ length, text }: KeptValue): boolean {
  return length > SHORT_TEXT || /[\n\r]/.test(text ?? '');
}

/** The text that a row shows below itself when it is open. */
function textOf(content: RowContent): KeptValue | undefined {
  if (content.kind === 'value') return content.value.parts === undefined ? content.value : undefined;
  return content.kind === 'part' && content.part.kind === 'thought' ? content.part.text : undefined;
}
