import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatMs, formatRate } from '../../../extension/src/output/format';
import { BAR_LIMIT, Gaps } from '../../../extension/src/output/gaps';

function gapsOf(values: readonly number[]): Gaps {
  const gaps = new Gaps();
  for (const [index, value] of values.entries()) gaps.add(value, index + 1);
  return gaps;
}

describe('the gaps between chunks', () => {
  it('are shown by few bars, each the longest gap of its stretch', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 2_000 }), (values) => {
        const { bars } = gapsOf(values);
        expect(bars.length).toBeLessThanOrEqual(BAR_LIMIT);
        const length = 2 ** Math.max(0, Math.ceil(Math.log2(values.length / (BAR_LIMIT - 1 || 1))));
        const stretches = [length / 2, length, length * 2].map((size) =>
          Array.from({ length: Math.ceil(values.length / Math.max(1, size)) }, (_, bar) =>
            Math.max(...values.slice(bar * Math.max(1, size), (bar + 1) * Math.max(1, size))),
          ),
        );
        expect(stretches).toContainEqual([...bars]);
      }),
    );
  });

  it('remember the longest and where it was', () => {
    expect(gapsOf([3, 9, 1]).longest).toEqual({ ms: 9, chunk: 2 });
  });

  it.each([
    [[], 5_000, false],
    [[], 5_001, true],
    [[10, 10, 10], 4_000, false],
    [[10, 10, 10], 5_100, true],
    [[2_000, 2_000, 1], 19_000, false],
    [[2_000, 2_000, 1], 20_100, true],
  ])('after gaps of %j a silence of %d ms is a stall: %s', (values, silent, expected) => {
    expect(gapsOf(values).isStalled(silent)).toBe(expected);
  });

  it('count the newest for the median', () => {
    expect(gapsOf([...Array(500).fill(1_000), ...Array(101).fill(5)]).medianMs).toBe(5);
  });
});

describe('numbers for people', () => {
  it.each([
    [0.04, '0.0 ms'],
    [9.94, '9.9 ms'],
    [85.4, '85 ms'],
    [3_214, '3.21 s'],
    [1_234_000, '1,234 s'],
  ])('%d ms is %s', (value, text) => expect(formatMs(value)).toBe(text));

  it.each([
    [12, '12 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [123_456, '123 kB'],
    [999_999, '1.0 MB'],
    [5e12, '5000 GB'],
  ])('%d bytes are %s', (value, text) => expect(formatBytes(value)).toBe(text));

  it('a rate has as many digits as say something', () => {
    expect([formatRate(0.53), formatRate(1_234.5)]).toEqual(['0.5', '1,235']);
  });
});
