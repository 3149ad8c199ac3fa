import { describe, expect, it } from 'vitest';
import type { CaseEnd } from '../../../extension/src/cases/case_runs';
import { verdictLine, verdictOf } from '../../../extension/src/cases/verdict';
import type {
  CaseFailure,
  CaseResult,
  RunError,
  RunOutcome,
} from '../../../extension/src/server/protocol.generated';
import { marked, plain } from '../plain';

const URI = 'file:///p/.runagent/cases/greet/one.json';
const RAISED: RunError = {
  code: 'AGENT_ERROR',
  message: 'ZeroDivisionError: division by zero',
  suggestion: 'Look at the traceback.',
  details: null,
  frames: [
    { uri: 'file:///p/main.py', file: 'main.py', line: 7, function: 'greet', text: '1 / 0' },
    { uri: null, file: '/lib/x.py', line: 3, function: 'f', text: null },
  ],
};

function judged(result: Partial<CaseResult>, outcome: Partial<RunOutcome> = {}): CaseEnd {
  const whole: RunOutcome = {
    runId: 'r',
    state: 'completed',
    target: null,
    elapsedMs: 12,
    chunks: 0,
    attempts: 1,
    ...outcome,
  };
  return { kind: 'judged', result: { passed: false, failures: [], outcome: whole, ...result } };
}

const failure = (more: Partial<CaseFailure> = {}): CaseFailure => ({
  expectation: 'equals',
  message: 'The output is not what is expected.',
  ...more,
});
const range = { start: { line: 4, character: 2 }, end: { line: 4, character: 9 } };
const verdict = (end: CaseEnd) => verdictOf(end, URI, plain);

describe('what the run of a case means', () => {
  it('passes with its time', () => {
    expect(verdict(judged({ passed: true }))).toEqual({ kind: 'passed', elapsedMs: 12 });
  });

  it('fails with what was expected and what came, at the expectation in the file', () => {
    const failures = [
      failure({ expected: '{"a": 1}', actual: '{"a": 2}', range }),
      failure({ message: 'too slow' }),
    ];
    expect(verdict(judged({ failures }))).toEqual({
      kind: 'failed',
      elapsedMs: 12,
      problems: [
        {
          message: 'The output is not what is expected.',
          place: { uri: URI, line: 4 },
          compared: { expected: '{"a": 1}', actual: '{"a": 2}' },
        },
        { message: 'too slow', place: { uri: URI, line: 0 } },
      ],
    });
  });

  it('compares an empty text as well', () => {
    const [problem] = problemsOf(judged({ failures: [failure({ expected: '', actual: 'x' })] }));
    expect(problem?.compared).toEqual({ expected: '', actual: 'x' });
    const [half] = problemsOf(judged({ failures: [failure({ actual: 'x' })] }));
    expect(half).not.toHaveProperty('compared');
  });

  it('shows an error that nobody expected where the code raised it', () => {
    const failures = [failure({ expectation: 'completes', range })];
    const end = judged({ failures }, { state: 'failed', error: RAISED });
    expect(problemsOf(end)[0]?.place).toEqual({ uri: 'file:///p/main.py', line: 7 });
    const other = judged({ failures: [failure({ range })] }, { state: 'failed', error: RAISED });
    expect(problemsOf(other)[0]?.place).toEqual({ uri: URI, line: 4 });
  });

  it('could not be tried when nothing was called', () => {
    const failures = [failure({ expectation: 'completes', message: 'The agent does not start.' })];
    const end = judged({ failures }, { state: 'failed', attempts: 0 });
    expect(verdict(end)).toMatchObject({
      kind: 'errored',
      problems: [{ message: 'The agent does not start.' }],
    });
    expect(verdict({ kind: 'unknown', message: 'The server is not there.' })).toEqual({
      kind: 'errored',
      problems: [{ message: 'The server is not there.' }],
    });
  });

  it('never fails without a reason', () => {
    expect(problemsOf(judged({}, { state: 'failed', error: RAISED }))[0]?.message).toBe(
      'AGENT_ERROR: ZeroDivisionError: division by zero\nLook at the traceback.',
    );
    expect(problemsOf(judged({}, { state: 'cancelled' }))).toHaveLength(1);
  });

  it('is neither passed nor failed when the user has cancelled it', () => {
    const end: CaseEnd = { kind: 'cancelled', message: 'It was stopped.' };
    expect(verdict(end)).toEqual(end);
  });

  it('is told in a line of the output, in the language of the user', () => {
    const line = (end: CaseEnd) => verdictLine(verdictOf(end, URI, marked), marked);
    expect(line(judged({ passed: true }))).toBe('«Passed in 12 ms.»');
    expect(line(judged({ failures: [failure({ message: 'a' }), failure({ message: 'b' })] }))).toBe(
      '«Failed: a\nb»',
    );
    expect(line({ kind: 'unknown', message: 'gone' })).toBe('«Could not be tried: gone»');
    expect(line({ kind: 'cancelled', message: 'It was stopped.' })).toBe('«Cancelled. It was stopped.»');
  });
});

function problemsOf(end: CaseEnd) {
  const found = verdict(end);
  return 'problems' in found ? found.problems : [];
}
