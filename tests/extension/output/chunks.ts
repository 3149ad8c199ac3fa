import type { Chunk } from '../../../extension/src/output/chunk';
import type { OutputItem } from '../../../extension/src/server/protocol.generated';

/** Pieces of text as the server sends them, ten milliseconds apart. */
export function textItems(...texts: readonly string[]): OutputItem[] {
  return texts.map((text, index) => ({ index, atMs: (index + 1) * 10, type: 'text', text }));
}

export function chunk(index: number, text: string, kind: Chunk['kind'] = 'text'): Chunk {
  return { index, atMs: (index + 1) * 10, size: text.length, kind, text };
}
