import { describe, expect, it } from 'vitest';
import { OutputStore } from '../../../extension/src/output/output_store';
import type { OutputItem } from '../../../extension/src/server/protocol.generated';
import { textItems } from './chunks';

const lost = (count: number) => `${count} lost`;
const hundreds = Array.from({ length: 2_000 }, (_, index) => `${index}`.padStart(100, '.'));

describe('the output in the extension', () => {
  it('is read as it came, with times and sizes', async () => {
    const store = new OutputStore();
    store.add([
      { index: 0, atMs: 5, type: 'text', text: 'Grüße' },
      { index: 1, atMs: 9, type: 'value', value: { a: [1, null] } },
      { index: 2, atMs: 12, type: 'unknown-frame', text: '?' },
      { index: 3, atMs: 13, type: 'text', text: 'head', truncatedFrom: 4_000 },
    ]);
    expect(await store.read(0, 10)).toEqual({
      items: [
        { index: 0, atMs: 5, size: 7, kind: 'text', text: 'Grüße' },
        { index: 1, atMs: 9, size: 14, kind: 'value', text: '{"a":[1,null]}' },
        { index: 2, atMs: 12, size: 1, kind: 'frame', text: '?' },
        { index: 3, atMs: 13, size: 4_000, kind: 'text', text: 'head', wholeLength: 4_000 },
      ],
      to: 4,
    });
  });

  it('gives no more at once than was asked for, but always something', async () => {
    const store = new OutputStore();
    store.add(textItems(...hundreds));
    expect((await store.read(10, 5)).items.map(({ index }) => index)).toEqual([10, 11, 12, 13, 14]);
    expect((await store.read(10, 50, 250)).to).toBe(13);
    expect((await store.read(10, 50, 1)).to).toBe(11);
    expect(await store.read(2_000, 50)).toEqual({ items: [], to: 2_000 });
  });

  it('is a document with values on lines of their own', async () => {
    const store = new OutputStore();
    store.add(textItems('a', 'b'));
    store.add([{ index: 2, atMs: 1, type: 'value', value: { x: 1 } }, ...textItems('c')]);
    expect(await store.document(lost)).toBe('ab\n{\n  "x": 1\n}\nc');
    expect(await store.jsonLines()).toBe(
      '{"index":0,"atMs":10,"type":"text","value":"a"}\n' +
        '{"index":1,"atMs":20,"type":"text","value":"b"}\n' +
        '{"index":2,"atMs":1,"type":"value","value":{"x":1}}\n' +
        '{"index":3,"atMs":10,"type":"text","value":"c"}\n',
    );
  });

  it('holds the result of a call, null too', async () => {
    for (const [value, text] of [
      [null, 'null\n'],
      ['words', 'words'],
      [{ a: 1 }, '{\n  "a": 1\n}\n'],
    ]) {
      const store = new OutputStore();
      store.addValue(value, 7);
      expect(await store.document(lost)).toBe(text);
    }
  });

  it('lets the oldest texts go and says so', async () => {
    const store = new OutputStore(60_000);
    store.add(textItems(...hundreds));
    const { items, to } = await store.read(0, 100);
    expect([items, to]).toEqual([[], 100]);
    expect(store.log.size(3)).toBe(100);
    const document = await store.document(lost);
    expect(document).toMatch(/^\[\d+ lost\]\n\.+/);
    const kept = document.match(/\.+\d+/g) ?? [];
    expect(document.startsWith(`[${2_000 - kept.length} lost]`)).toBe(true);
    expect(kept.length * 100).toBeLessThanOrEqual(60_000);
    expect(document.endsWith('.1999')).toBe(true);
  });

  it('reads what it let go from the history, as far as that has it', async () => {
    const store = new OutputStore(60_000);
    const items = textItems(...hundreds);
    store.add(items);
    const asked: [number, number][] = [];
    store.history = async (from, count): Promise<OutputItem[]> => {
      asked.push([from, count]);
      // In pages, and with a hole.
      return items.slice(from, from + Math.min(count, 300)).filter(({ index }) => index < 40 || index >= 50);
    };
    const { items: read, to } = await store.read(30, 30);
    expect(read.map(({ index }) => index)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => 30 + index),
      ...Array.from({ length: 10 }, (_, index) => 50 + index),
    ]);
    expect([to, asked]).toEqual([60, [[30, 30]]]);
    const document = await store.document(lost);
    expect(document.match(/\.+\d+/g)).toHaveLength(1_990);
    expect(document).toContain('\n[10 lost]\n');
  });
});
