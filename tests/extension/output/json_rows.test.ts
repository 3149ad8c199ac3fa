import { describe, expect, it } from 'vitest';
import { brief, JsonRows, pathText } from '../../../extension/src/output/json_rows';

function rowsOf(...values: readonly unknown[]): JsonRows {
  const rows = new JsonRows((root) => (values[root] === undefined ? undefined : { value: values[root] }));
  for (const _value of values) rows.addRoot();
  return rows;
}

function shown(rows: JsonRows): string[] {
  return Array.from({ length: rows.count }, (_, index) => {
    const { root, row } = rows.at(index);
    if (row === undefined) return `${root} closed`;
    const mark = row.isOpen ? '-' : '+';
    return `${row.level}${mark} ${row.path.join('/')} ${row.place}/${row.siblings}`;
  });
}

describe('a tree of values', () => {
  it('opens a list of any length', () => {
    const rows = rowsOf([1, Array.from({ length: 400_000 }, (_, index) => index), 2]);
    rows.open(0);
    expect(rows.open(2)).toBe(true);
    expect(rows.count).toBe(400_004);
    expect(rows.at(400_002).row).toMatchObject({ key: 399_999, value: 399_999, level: 3 });
    expect(rows.at(400_003).row).toMatchObject({ key: 2, value: 2, level: 2 });
    expect(rows.close(2)).toBe(true);
    expect(rows.count).toBe(4);
  });

  it('reads a value when it is opened, and shows its parts in their places', () => {
    const rows = rowsOf({ a: { b: 1 }, c: [] }, [true]);
    expect(shown(rows)).toEqual(['0 closed', '1 closed']);
    expect(rows.open(0)).toBe(true);
    expect(shown(rows)).toEqual(['1-  1/2', '2+ a 1/2', '2+ c 2/2', '1 closed']);
    expect(rows.open(1)).toBe(true);
    expect(rows.open(5)).toBe(false);
    expect(shown(rows)).toEqual(['1-  1/2', '2- a 1/2', '3+ a/b 1/1', '2+ c 2/2', '1 closed']);
    expect(rows.open(4)).toBe(true);
    expect(shown(rows).slice(4)).toEqual(['1-  2/2', '2+ 0 1/1']);
  });

  it('closes a value with all that is open in it', () => {
    const rows = rowsOf({ a: { b: { c: 1 } }, d: 2 });
    rows.openFirst(0);
    expect(rows.count).toBe(5);
    expect(rows.close(1)).toBe(true);
    expect(shown(rows)).toEqual(['1-  1/1', '2+ a 1/2', '2+ d 2/2']);
    expect(rows.close(1)).toBe(false);
    expect(rows.close(0)).toBe(true);
    expect(rows.count).toBe(1);
  });

  it('opens nothing that is empty, plain or not here yet', () => {
    const rows = rowsOf({}, 5, undefined);
    expect([rows.open(0), rows.open(1), rows.open(2)]).toEqual([false, false, false]);
    expect(rows.count).toBe(3);
  });

  it('opens the first levels by itself only as far as that is short', () => {
    const rows = rowsOf({ long: Array(5_000).fill(1), short: [1, 2] });
    rows.openFirst(0);
    expect(shown(rows)).toEqual([
      '1-  1/1',
      '2+ long 1/2',
      '2- short 2/2',
      '3+ short/0 1/2',
      '3+ short/1 2/2',
    ]);
  });

  it('knows the value around a value', () => {
    const rows = rowsOf(0, { a: [1, 2] });
    rows.openFirst(1);
    expect([4, 3, 2, 1, 0].map((index) => rows.parentOf(index))).toEqual([2, 2, 1, 1, 0]);
    expect(rows.indexOfRoot(1)).toBe(1);
  });
});

describe('a value in few words', () => {
  it.each([
    ['text', '"text"'],
    [null, 'null'],
    [{ a: 1, b: { c: 2 }, d: [1], e: [], f: {} }, '{a: 1, b: {…}, d: […], e: [], f: {}}'],
    [[1, 'x'], '[1, "x"]'],
  ])('%j is %s', (value, text) => expect(brief(value)).toBe(text));

  it('stays short', () => {
    expect(brief(Array(1_000).fill('a long text in a list')).length).toBeLessThan(200);
    expect(brief('x'.repeat(5_000), 100)).toHaveLength(100);
  });
});

it('writes a path as code', () => {
  expect(pathText(['choices', 0, 'delta', 'a b', 'x'])).toBe('choices[0].delta["a b"].x');
  expect(pathText([3])).toBe('[3]');
});
