import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sums } from '../../../extension/src/output/sums';

const numbers = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 300 });

function sumsOf(values: readonly number[]): Sums {
  const sums = new Sums();
  for (const value of values) sums.push(value);
  return sums;
}

describe('sums', () => {
  it('are those of a plain list, also after changes', () => {
    fc.assert(
      fc.property(numbers, fc.array(fc.tuple(fc.nat(299), fc.nat(50))), (values, changes) => {
        const sums = sumsOf(values);
        const plain = [...values];
        for (const [index, value] of changes) {
          sums.set(index, value);
          if (index < plain.length) plain[index] = value;
        }
        let sum = 0;
        for (const [index, value] of plain.entries()) {
          expect(sums.before(index)).toBe(sum);
          expect(sums.get(index)).toBe(value);
          sum += value;
        }
        expect(sums.total).toBe(sum);
      }),
    );
  });

  it('find the value that a sum falls into', () => {
    fc.assert(
      fc.property(numbers, fc.nat(20_000), (values, sum) => {
        fc.pre(values.length > 0);
        const sums = sumsOf(values);
        const found = sums.find(sum);
        const last = values.findLastIndex((_value, index) => sums.before(index) <= sum);
        expect(found).toBe(last);
      }),
    );
  });

  it('begin anew when they are cleared', () => {
    const sums = sumsOf([1, 2, 3]);
    sums.clear();
    expect(sums.total).toBe(0);
    for (const value of [5, 5, 5, 5]) sums.push(value);
    expect([sums.before(3), sums.total, sums.find(12)]).toEqual([15, 20, 2]);
  });
});
