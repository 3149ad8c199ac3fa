import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  filterParts,
  isEmpty,
  NO_FILTER,
  queryOf,
  type RunFilter,
  readFilter,
  writeFilter,
} from '../../../extension/src/history/run_filter';

describe('a filter of runs', () => {
  it.each<[string, RunFilter]>([
    ['', NO_FILTER],
    ['refund  policy', { text: 'refund policy' }],
    ['@failed', { text: '', state: 'failed' }],
    ['zebra @tag:greet @pinned', { text: 'zebra', tag: 'greet', pinned: true }],
    ['@tag:"two words" x', { text: 'x', tag: 'two words' }],
    ['@failed @completed', { text: '', state: 'completed' }],
    ['me@failed.org @nothing', { text: 'me@failed.org @nothing' }],
  ])('is read from %j', (typed, filter) => {
    expect(readFilter(typed)).toEqual(filter);
  });

  it('is written as it is read', () => {
    const word = fc.stringMatching(/^[\p{L}\d]{1,8}$/u);
    const filters = fc.record(
      {
        text: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
        state: fc.constantFrom('running', 'completed', 'failed', 'cancelled', 'interrupted'),
        tag: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
        pinned: fc.constant(true as const),
      },
      { requiredKeys: ['text'] },
    );
    fc.assert(
      fc.property(filters, (filter) => {
        expect(readFilter(writeFilter(filter as RunFilter))).toEqual(filter);
      }),
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const filter = readFilter(typed);
        expect(readFilter(writeFilter(filter)).text).toBe(filter.text);
      }),
    );
  });

  it('is empty when everything is listed', () => {
    expect(isEmpty(readFilter('  '))).toBe(true);
    expect(isEmpty(readFilter('@pinned'))).toBe(false);
  });

  it('asks the server for what it holds besides words', () => {
    expect(queryOf(readFilter('zebra @failed @tag:greet @pinned'))).toEqual({
      state: 'failed',
      tag: 'greet',
      pinned: true,
    });
    expect(queryOf(NO_FILTER)).toEqual({});
  });

  it('offers parts that it can read', () => {
    for (const part of filterParts(['greet', 'two words'])) expect(readFilter(part).text, part).toBe('');
    expect(filterParts(['two words'])).toContain('@tag:"two words"');
  });
});
