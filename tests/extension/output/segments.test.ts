import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '../../../extension/src/output/chunk';
import { ChunkLog } from '../../../extension/src/output/chunk_log';
import { isBefore } from '../../../extension/src/output/search';
import { readSegment, segmentAt } from '../../../extension/src/output/segment_text';
import { MarkdownSegments, PlainSegments, type Segments } from '../../../extension/src/output/segments';
import { chunk } from './chunks';

const chunks = fc.array(
  fc.record({
    kind: fc.constantFrom<Chunk['kind']>('text', 'text', 'text', 'value', 'frame'),
    text: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        '\n',
        '# Title\n\n',
        '```\n',
        'word '.repeat(700),
        'line\n'.repeat(600),
        '😀'.repeat(5_000),
      ),
    ),
  }),
  { maxLength: 40 },
);

interface Cut {
  readonly segments: Segments;
  readonly given: readonly Chunk[];
}

function plain(pieces: readonly Pick<Chunk, 'kind' | 'text'>[]): Cut {
  const segments = new PlainSegments();
  const given = pieces.map(({ kind, text }, index) => chunk(index, text, kind));
  for (const piece of given) segments.add(piece);
  return { segments, given };
}

function markdown(pieces: readonly Pick<Chunk, 'kind' | 'text'>[], batch: number): Cut {
  const log = new ChunkLog();
  const segments = new MarkdownSegments(log);
  const given = pieces.map(({ kind, text }, index) => chunk(index, text, kind));
  for (const piece of given) {
    log.add(piece);
    segments.add(piece);
    if (piece.index % batch === 0) segments.settle();
  }
  segments.settle();
  return { segments, given };
}

/** All text and values in the order in which the segments show them. */
function shown({ segments, given }: Cut): string[] {
  const found: string[] = [];
  for (const segment of segments.list) {
    const { pieces } = readSegment(segment, (index) => given[index] ?? 'lost');
    if (segment.kind === 'text') found.push(pieces.map(({ text }) => text).join(''));
    else found.push(...pieces.filter(({ text }) => text !== '').map(({ text }) => `${segment.kind} ${text}`));
  }
  return found;
}

/** Everything in one text, whatever the segments. */
function joined(parts: readonly string[]): string {
  return parts.join('').replaceAll(/(?:value|frame) /g, '');
}

describe('segments', () => {
  it('of plain output hold every character once, in order', () => {
    fc.assert(
      fc.property(chunks, (pieces) => {
        const cut = plain(pieces);
        expect(joined(shown(cut))).toBe(joined(pieces.map(({ text }) => text)));
        for (const { length } of cut.segments.list) expect(length).toBeLessThanOrEqual(8_000);
      }),
    );
  });

  it('of Markdown hold every character once, in order, however it comes in batches', () => {
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 7 }), (pieces, batch) => {
        const cut = markdown(pieces, batch);
        expect(joined(shown(cut))).toBe(joined(pieces.map(({ text }) => text)));
      }),
    );
  });

  it('end with a line once they are long enough', () => {
    const { segments } = plain([{ kind: 'text', text: 'a line of text\n'.repeat(1_000) }]);
    expect(segments.list.length).toBeGreaterThan(5);
    for (const { length } of segments.list) expect(length % 15).toBe(0);
  });

  it('keep values apart from text, and together with each other', () => {
    const value = { kind: 'value', text: '{"a":1}' } as const;
    const text = { kind: 'text', text: 'words' } as const;
    for (const { segments } of [plain([text, value, value, text]), markdown([text, value, value, text], 1)]) {
      expect(segments.list.map(({ kind }) => kind)).toEqual(['text', 'value', 'text']);
    }
  });

  it('are found by a place of the output', () => {
    fc.assert(
      fc.property(chunks, (pieces) => {
        const { segments, given } = plain(pieces);
        const places = given.flatMap(({ index, text }) =>
          [0, Math.floor(text.length / 2), text.length - 1]
            .filter((offset) => offset >= 0 && offset < text.length)
            .map((offset) => ({ chunk: index, offset })),
        );
        for (const place of places) {
          const found = segments.list[segmentAt(segments.list, place)];
          expect(found).toBeDefined();
          if (found === undefined) continue;
          expect(isBefore(place, { chunk: found.fromChunk, offset: found.fromOffset })).toBe(false);
          expect(isBefore(place, { chunk: found.toChunk, offset: found.toOffset })).toBe(true);
        }
      }),
    );
  });

  it('tell what is still to come and what is lost', () => {
    const { segments } = plain([
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' },
      { kind: 'text', text: 'c' },
    ]);
    const [segment] = segments.list;
    expect(segment).toBeDefined();
    if (segment === undefined) return;
    const kept = (index: number) => (['coming', 'lost', { text: 'c' }] as const)[index] ?? 'lost';
    expect(readSegment(segment, kept)).toMatchObject({ isComing: true, lost: 1, pieces: [{ text: 'c' }] });
  });
});
