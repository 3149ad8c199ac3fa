import { describe, expect, it } from 'vitest';
import { caseComparison } from '../../../extension/src/history/case_comparison';
import type { StoredRun } from '../../../extension/src/history/transcript_text';
import type { CaseDetails, HistoryRun, OutputItem } from '../../../extension/src/server/protocol.generated';
import { storedRun } from './samples';

const words = {
  inputs: 'Inputs',
  output: 'Output',
  error: 'Error',
  expectations: 'Expectations',
  nothingExpected: 'No exact output is expected.',
};
const saved = (expect_: Record<string, unknown> | null): CaseDetails => ({
  case: {
    configUri: 'file:///p/runagent.config.json',
    tag: 'greet',
    name: 'ada',
    uri: 'file:///p/.runagent/cases/greet/ada.json',
    description: null,
    expectations: 1,
    problem: null,
  },
  args: [],
  kwargs: { name: 'Ada' },
  expect: expect_,
});
const run = (more: Partial<HistoryRun>, items: OutputItem[] = []): StoredRun => ({
  run: storedRun(more),
  items,
  hasMore: false,
});
const piece = (index: number, text: string): OutputItem => ({ index, atMs: index, type: 'text', text });

describe('a saved case beside a run', () => {
  it('is the same text when the run gave what is expected', () => {
    const texts = caseComparison(
      saved({ equals: { text: 'Hello' } }),
      run({ value: { text: 'Hello' } }),
      words,
    );
    expect(texts.saved).toBe(texts.run);
    expect(texts.run).toContain('"name": "Ada"');
    expect(texts.run).toContain('"text": "Hello"');
  });

  it('differs in what the run gave otherwise', () => {
    const texts = caseComparison(saved({ equals: 'Hello' }), run({ value: 'Good bye' }), words);
    const differing = texts.saved.split('\n').filter((line, at) => line !== texts.run.split('\n')[at]);
    expect(differing).toEqual(['Hello']);
  });

  it('joins the pieces of a stream, or lists them where the case does', () => {
    const pieces = [piece(0, 'lift'), piece(1, '-off')];
    const joined = caseComparison(saved({ equals: 'lift-off' }), run({}, pieces), words);
    expect(joined.saved).toBe(joined.run);
    const listed = caseComparison(saved({ equals: ['lift', '-off'] }), run({}, pieces), words);
    expect(listed.saved).toBe(listed.run);
  });

  it('says what else is expected, and how the run failed', () => {
    const texts = caseComparison(
      saved({ contains: 'Hel' }),
      run({ error: { code: 'AGENT_ERROR', message: 'boom' } }),
      words,
    );
    expect(texts.saved).toContain('No exact output is expected.');
    expect(texts.saved).toContain('"contains": "Hel"');
    expect(texts.run).toContain('AGENT_ERROR: boom');
  });

  it('needs no expectation', () => {
    expect(caseComparison(saved(null), run({ value: 1 }), words).saved).toContain('No exact output');
  });
});
