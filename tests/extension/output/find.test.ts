import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { find, MATCH_LIMIT } from '../../../extension/src/output/find';
import type { Position } from '../../../extension/src/output/messages';
import { OutputStore } from '../../../extension/src/output/output_store';
import { textItems } from './chunks';

const START = { chunk: 0, offset: 0 };

function storeOf(...texts: readonly string[]): OutputStore {
  const store = new OutputStore();
  store.add(textItems(...texts));
  return store;
}

function look(store: OutputStore, text: string, matchCase = false, from: Position = START) {
  return find(store, { text, matchCase }, from);
}

describe('a search of the output', () => {
  it('finds what a plain search of the whole text finds, however the text came', async () => {
    const pieces = fc.array(fc.stringMatching(/^[ab]{0,4}$/), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.stringMatching(/^[ab]{1,4}$/), async (texts, text) => {
        const whole = texts.join('');
        const expected: number[] = [];
        for (let at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + text.length))
          expected.push(at);
        const { matches } = await look(storeOf(...texts), text);
        const starts = texts.map((_piece, index) => texts.slice(0, index).join('').length);
        expect(matches.map(({ chunk, offset }) => (starts[chunk] ?? 0) + offset)).toEqual(expected);
      }),
    );
  });

  it('goes on where the last one ended and neither misses nor repeats a match', async () => {
    const pieces = fc.array(fc.stringMatching(/^[ab]{0,3}$/), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, pieces, fc.stringMatching(/^[ab]{1,3}$/), async (before, after, text) => {
        const store = storeOf(...before);
        const first = await look(store, text);
        store.add(textItems(...after));
        const second = await look(store, text, false, first.next);
        const all = await look(storeOf(...before, ...after), text);
        expect([...first.matches, ...second.matches]).toEqual(all.matches);
      }),
    );
  });

  it('does not join a value with the text beside it', async () => {
    const store = new OutputStore();
    store.add([
      { index: 0, atMs: 1, type: 'text', text: 'a' },
      { index: 1, atMs: 2, type: 'value', value: { b: 1 } },
      { index: 2, atMs: 3, type: 'text', text: 'c' },
    ]);
    expect((await look(store, 'a{')).matches).toEqual([]);
    expect((await look(store, '"b":1')).matches).toEqual([{ chunk: 1, offset: 1 }]);
    expect((await look(store, 'c')).matches).toEqual([{ chunk: 2, offset: 0 }]);
  });

  it('takes the text as it is, with or without its case', async () => {
    const store = storeOf('Price: $5.00 (*) [x]\\ {a} | ÄÖ');
    expect((await look(store, '$5.00 (*) [x]\\ {a} |')).matches).toHaveLength(1);
    expect((await look(store, 'äö')).matches).toHaveLength(1);
    expect((await look(store, 'äö', true)).matches).toHaveLength(0);
    expect((await look(store, '$5x00')).matches).toHaveLength(0);
  });

  it('says when there is more than it tells, and stops when it is told to', async () => {
    const store = storeOf('x'.repeat(MATCH_LIMIT + 5));
    const all = await look(store, 'x');
    expect([all.matches.length, all.isCut]).toEqual([MATCH_LIMIT, true]);
    const stopped = await find(store, { text: 'x', matchCase: false }, START, () => true);
    expect(stopped.matches).toEqual([]);
  });

  it('finds a place deep in a long text', async () => {
    const texts = Array.from({ length: 50_000 }, (_, index) => `token ${index} `);
    const { matches } = await look(storeOf(...texts), 'token 43210');
    expect(matches).toEqual([{ chunk: 43_210, offset: 0 }]);
  });
});
