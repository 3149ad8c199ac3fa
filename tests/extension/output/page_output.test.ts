import { beforeEach, describe, expect, it } from 'vitest';
import { answerChunks } from '../../../extension/src/output/answers';
import { OutputFeed } from '../../../extension/src/output/feed';
import type { OutputAnswer, OutputRequest } from '../../../extension/src/output/messages';
import { OutputStore } from '../../../extension/src/output/output_store';
import { PAGE_CHARACTERS } from '../../../extension/src/output/page_output';
import { textItems } from './chunks';

let store: OutputStore;
let asked: OutputRequest[];
let feed: OutputFeed;
let time: number;

beforeEach(() => {
  store = new OutputStore();
  asked = [];
  time = 0;
  feed = new OutputFeed(
    (request) => asked.push(request),
    () => time,
  );
  feed.show('r', { end: 0, silentMs: 0 });
});

/** A batch from the server on its way over the extension to the page. */
function come(seq: number, ...texts: readonly string[]): void {
  feed.apply({ type: 'output', seq, items: store.add(textItems(...texts)) });
}

/** Answers the oldest question of the page. */
async function answer(): Promise<void> {
  const request = asked.shift();
  expect(request).toMatchObject({ type: 'chunks', runId: 'r' });
  if (request?.type === 'chunks') feed.received(await answerChunks(store, request));
}

const texts = () =>
  Array.from({ length: feed.output.log.end }, (_, index) => {
    const kept = feed.output.text(index);
    return typeof kept === 'string' ? kept : kept.text;
  });

describe('the output on the page', () => {
  it('hears of chunks as they come and tells once that a batch is drawn', () => {
    come(0, 'a', 'b');
    come(1, 'c');
    expect(texts()).toEqual(['a', 'b', 'c']);
    expect(feed.output.takeSeq()).toBe(1);
    expect(feed.output.takeSeq()).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('fetches what came before it was shown, and says nothing is drawn until it has it', async () => {
    const before = Array.from({ length: 5_000 }, (_, index) => `${index} `);
    store.add(textItems(...before));
    feed.show('r', { end: store.end, silentMs: 0 });
    come(7, 'new');
    expect(feed.output.takeSeq()).toBeUndefined();
    await answer();
    come(8, 'newer');
    while (asked.length > 0) await answer();
    expect(texts()).toEqual([...before, 'new', 'newer']);
    expect(feed.output.takeSeq()).toBe(8);
    expect(feed.output.textSegments.list.at(-1)?.toChunk).toBe(5_001);
  });

  it('keeps a window of the texts and asks for the rest where it is looked at', async () => {
    const piece = 'x'.repeat(10_000);
    const count = (PAGE_CHARACTERS / piece.length) * 2;
    for (let seq = 0; seq < count; seq += 1) come(seq, piece);
    expect(feed.output.log.end).toBe(count);
    expect(feed.output.peek(0)).toBeUndefined();
    expect(feed.output.text(0)).toBe('coming');
    expect(feed.output.text(5)).toBe('coming');
    expect(asked).toEqual([{ type: 'chunks', runId: 'r', from: 0, count: 256 }]);
    await answer();
    expect(feed.output.text(5)).toEqual({ text: piece });
    // The answer was cut to what fits into one message; the rest is asked for when it is looked at.
    expect(feed.output.text(200)).toBe('coming');
    expect(asked).toMatchObject([{ from: 200 }]);
  });

  it('knows which chunks nobody has any more, until the history has them', async () => {
    store = new OutputStore(30_000);
    store.add(textItems(...Array.from({ length: 1_000 }, () => 'y'.repeat(100))));
    feed.show('r', { end: store.end, silentMs: 0 });
    while (asked.length > 0) await answer();
    expect(feed.output.log.end).toBe(1_000);
    expect(feed.output.text(3)).toBe('lost');
    expect(feed.output.text(999)).toEqual({ text: 'y'.repeat(100) });
    store.history = async (from, count) =>
      Array.from({ length: count }, (_, at) => ({ index: from + at, atMs: 1, type: 'text', text: 'again' }));
    feed.apply({ type: 'finished' });
    expect(feed.output.text(3)).toBe('coming');
    await answer();
    expect(feed.output.text(3)).toEqual({ text: 'again' });
  });

  it('takes the result of a call as its last chunk', () => {
    feed.apply({ type: 'finished', value: store.addValue({ a: 1 }, 5) });
    expect(texts()).toEqual(['{"a":1}']);
  });

  it('does not mix the answers for another run', async () => {
    store.add(textItems('old'));
    feed.show('r', { end: 1, silentMs: 0 });
    const late: OutputAnswer = {
      type: 'chunks',
      runId: 'r',
      from: 0,
      items: (await store.read(0, 1)).items,
      to: 1,
      end: 1,
    };
    feed.show('r2', { end: 0, silentMs: 0 });
    feed.received(late);
    expect(feed.output.log.end).toBe(0);
  });

  it('knows since when nothing has come', () => {
    time = 10_000;
    feed.show('r', { end: 0, silentMs: 4_000 });
    expect(feed.lastChunkAt).toBe(6_000);
    time = 11_000;
    come(0, 'a');
    expect(feed.lastChunkAt).toBe(11_000);
  });

  it('counts bytes and gaps', () => {
    come(0, 'é', 'b', 'c');
    expect(feed.output.bytes).toBe(4);
    expect(feed.output.gaps).toMatchObject({ count: 2, medianMs: 10, longest: { ms: 10 } });
  });
});
