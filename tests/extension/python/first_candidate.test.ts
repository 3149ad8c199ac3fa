import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstCandidate } from '../../../extension/src/python/first_candidate';
import type { Rung } from '../../../extension/src/python/ladder';

const rung = (candidates: Rung['candidates']): Rung => ({ name: 'a place', limitMs: 1000, candidates });
const named = (...found: string[]) => rung(async () => found);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the Python of an agent', () => {
  it('is the first that a place names, whatever its version', async () => {
    const absent = rung(async () => ({ absent: 'is not set' }));
    expect(await firstCandidate([absent, named(), named('/a', '/b'), named('/c')])).toBe('/a');
    expect(await firstCandidate([absent])).toBeUndefined();
  });

  it('is looked for further when a place fails or never answers', async () => {
    const failing = rung(() => Promise.reject(new Error('no')));
    const silent = rung(() => new Promise(() => undefined));
    const found = firstCandidate([failing, silent, named('/a')]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await found).toBe('/a');
  });
});
