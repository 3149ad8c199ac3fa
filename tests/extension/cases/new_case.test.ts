import { describe, expect, it } from 'vitest';
import {
  expectationChoices,
  freeName,
  problemOfName,
  wholeOutput,
} from '../../../extension/src/cases/new_case';
import type { StoredRun } from '../../../extension/src/history/transcript_text';
import type {
  HistoryRun,
  HistorySummary,
  OutputItem,
} from '../../../extension/src/server/protocol.generated';
import { marked, plain } from '../plain';

function stored(summary: Partial<HistorySummary>, run: Partial<HistoryRun> = {}, hasMore = false): StoredRun {
  const whole: HistoryRun = {
    summary: {
      historyId: 'h',
      runId: null,
      kind: 'run',
      tag: 'greet',
      state: 'completed',
      startedAt: 1_800_000_000,
      elapsedMs: 5,
      chunks: 0,
      attempts: 1,
      configUri: 'file:///p/runagent.config.json',
      agentId: null,
      target: null,
      gitCommit: null,
      pinned: false,
      inputs: '',
      problem: null,
      ...summary,
    },
    args: [],
    kwargs: {},
    inputsCut: false,
    droppedChunks: 0,
    redacted: false,
    items: [],
    next: null,
    ...run,
  };
  return { run: whole, items: whole.items, hasMore };
}

const text = (index: number, value: string, more: Partial<OutputItem> = {}): OutputItem => ({
  index,
  atMs: 1,
  type: 'text',
  text: value,
  ...more,
});
const value = (index: number, of: unknown): OutputItem => ({ index, atMs: 1, type: 'value', value: of });
const expected = (run: StoredRun) => expectationChoices(run, plain).map(({ expect: it }) => it);

describe('what a case can expect after a run', () => {
  it('is the same result, or any', () => {
    expect(expected(stored({}, { value: { a: [1, null] } }))).toEqual([
      { equals: { a: [1, null] } },
      undefined,
    ]);
    expect(expected(stored({}, { value: null }))).toEqual([{ equals: null }, undefined]);
  });

  it('is the same error after one', () => {
    const failed = stored({ state: 'failed' }, { error: { code: 'VALIDATION_ERROR', message: 'no' } });
    expect(expected(failed)).toEqual([{ error: 'VALIDATION_ERROR' }, undefined]);
  });

  it('is only that it ends well when it was cancelled or cut short', () => {
    expect(expected(stored({ state: 'cancelled' }))).toEqual([undefined]);
    expect(expected(stored({ state: 'interrupted' }, { value: 1 }))).toEqual([undefined]);
  });

  it('shows an excerpt in which nothing becomes an icon, and every word can be translated', () => {
    const [same] = expectationChoices(stored({}, { value: `$(alert)${'x'.repeat(500)}` }), marked);
    expect(same?.label).toBe('«The same result»');
    expect(same?.detail).toMatch(/^"\$ \(alert\)x+…$/);
    expect(same?.detail.length).toBe(120);
  });
});

describe('all that a run has answered', () => {
  const stream = { kind: 'stream' } as const;

  it('is the text of a stream of texts, else the list of its pieces', () => {
    expect(wholeOutput(stored(stream, { items: [text(0, 'a'), text(1, 'b')] }))).toEqual({ value: 'ab' });
    expect(wholeOutput(stored(stream, { items: [text(0, 'a'), value(1, 2)] }))).toEqual({ value: ['a', 2] });
    expect(wholeOutput(stored(stream))).toEqual({ value: [] });
  });

  it('is not known when a part was not kept', () => {
    const items = [text(0, 'a')];
    expect(wholeOutput(stored(stream, { items }, true))).toBeUndefined();
    expect(wholeOutput(stored(stream, { items, droppedChunks: 1 }))).toBeUndefined();
    expect(wholeOutput(stored(stream, { items: [text(0, 'a', { truncatedFrom: 9 })] }))).toBeUndefined();
    expect(
      wholeOutput(stored(stream, { items: [{ index: 0, atMs: 0, type: 'unknown-frame', text: '{}' }] })),
    ).toBeUndefined();
    expect(wholeOutput(stored({}, { value: 'abc', valueTruncatedFrom: 9 }))).toBeUndefined();
    expect(wholeOutput(stored({}))).toBeUndefined();
  });

  it('is not known when a secret was taken out of it, but one in the inputs alone does no harm', () => {
    expect(wholeOutput(stored({}, { redacted: true, value: { key: '[redacted]' } }))).toBeUndefined();
    expect(wholeOutput(stored({}, { redacted: true, value: 'fine' }))).toEqual({ value: 'fine' });
  });
});

describe('the name of a case', () => {
  it('is any text on one line', () => {
    for (const good of ['Ada', ' a/b: c? ', '世界', '.hidden', '100 %']) {
      expect(problemOfName(good, plain), good).toBeUndefined();
    }
    for (const bad of ['', '   ', 'a\nb', 'x'.repeat(101)])
      expect(problemOfName(bad, plain), bad).toBeTypeOf('string');
  });

  it('is proposed so that none is there twice, whatever the case of its letters', () => {
    expect(freeName([], plain)).toBe('case 1');
    expect(freeName(['case 1', 'other'], plain)).toBe('case 3');
    expect(freeName(['Case 2'], plain)).toBe('case 3');
  });
});
