import { describe, expect, it } from 'vitest';
import { duration } from '../../extension/src/duration';

describe('a duration', () => {
  it.each([
    [-1, '0 ms'],
    [85.4, '85 ms'],
    [999.6, '1.0 s'],
    [3240, '3.2 s'],
    [59_949, '59.9 s'],
    [60_000, '1 min 00 s'],
    [3_725_000, '62 min 05 s'],
  ])('%d is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});
