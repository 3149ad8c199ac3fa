import type { OutputItem } from '../server/protocol.generated';

/** All of a piece that has reached the editor. */
export function wholeText(item: OutputItem): string {
  return item.type === 'value' ? asJson(item.value) : (item.text ?? '');
}

export function asJson(value: unknown): string {
  // `undefined` has no JSON; it stands for a value that is not there.
  return JSON.stringify(value, undefined, 2) ?? 'null';
}
