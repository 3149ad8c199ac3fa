import { describe, expect, it } from 'vitest';
import { together } from '../../../extension/src/cases/repeated';
import type { TestProblem, Verdict } from '../../../extension/src/cases/verdict';
import { marked, plain } from '../plain';

const passed: Verdict = { kind: 'passed', elapsedMs: 10 };
const failed = (...problems: TestProblem[]): Verdict => ({ kind: 'failed', elapsedMs: 5, problems });
const diff: TestProblem = {
  message: 'not equal',
  compared: { expected: '1', actual: '2' },
  place: { uri: 'file:///c.json', line: 3 },
};

describe('several runs of one case', () => {
  it('pass when all of them pass, with their time in all', () => {
    expect(together([passed, passed, passed], plain)).toEqual({ kind: 'passed', elapsedMs: 30 });
  });

  it('are flaky when some fail, and each way of failing is told once with its runs', () => {
    const verdicts = [passed, failed(diff), passed, failed(diff, { message: 'slow' }), passed];
    expect(together(verdicts, plain)).toEqual({
      kind: 'failed',
      elapsedMs: 40,
      problems: [
        { message: 'Flaky: 3 of 5 runs passed.' },
        { ...diff, message: 'Runs 2, 4: not equal' },
        { message: 'Run 4: slow' },
      ],
    });
  });

  it('are not called flaky when none passes', () => {
    const all = together([failed(diff), failed(diff)], marked);
    expect(all).toMatchObject({
      kind: 'failed',
      problems: [{ message: '«None of 2 runs passed.»' }, { message: '«Runs 1, 2»: not equal' }],
    });
  });

  it('could not be tried when one of them could not', () => {
    const errored: Verdict = { kind: 'errored', problems: [{ message: 'gone' }] };
    expect(together([passed, errored], plain)).toMatchObject({
      kind: 'errored',
      elapsedMs: 10,
      problems: [{ message: 'Flaky: 1 of 2 runs passed.' }, { message: 'Run 2: gone' }],
    });
  });

  it('mean what the only one means', () => {
    expect(together([failed(diff)], plain)).toEqual(failed(diff));
  });

  it('have no result when one was cancelled, or none has begun', () => {
    const cancelled: Verdict = { kind: 'cancelled', message: 'It was stopped.' };
    expect(together([passed, failed(diff), cancelled], plain)).toEqual(cancelled);
    expect(together([], plain).kind).toBe('cancelled');
  });
});
