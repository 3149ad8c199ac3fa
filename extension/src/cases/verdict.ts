import { duration } from '../duration';
import { type FilePlace, placeOf } from '../runs/frames';
import type { CaseFailure, CaseResult, RunError } from '../server/protocol.generated';
import type { Translate } from '../translate';
import type { CaseEnd } from './case_runs';

/** One thing that is wrong, as the test explorer shows it. */
export interface TestProblem {
  readonly message: string;
  /** What was to come and what came, for a comparison side by side; both or none. */
  readonly compared?: { readonly expected: string; readonly actual: string };
  /** Where it is shown: a step of the agent's code, or the expectation in the case's file. */
  readonly place?: FilePlace;
}

/** What a run of a case means. */
export type Verdict =
  | { readonly kind: 'passed'; readonly elapsedMs: number }
  /** The agent was called, and its answer is not what is expected. */
  | { readonly kind: 'failed'; readonly elapsedMs: number; readonly problems: readonly TestProblem[] }
  /** The case could not be tried: nothing was called, or nobody knows what came of it. */
  | { readonly kind: 'errored'; readonly elapsedMs?: number; readonly problems: readonly TestProblem[] }
  | { readonly kind: 'cancelled'; readonly message: string };

export function verdictOf(end: CaseEnd, caseUri: string, t: Translate): Verdict {
  if (end.kind === 'cancelled') return end;
  if (end.kind === 'unknown') return { kind: 'errored', problems: [{ message: end.message }] };
  const { passed, outcome } = end.result;
  const { elapsedMs } = outcome;
  if (passed) return { kind: 'passed', elapsedMs };
  const problems = problemsOf(end.result, caseUri, t);
  return { kind: wasTried(end.result) ? 'failed' : 'errored', elapsedMs, problems };
}

/** The verdict for whoever reads the output. */
export function verdictLine(verdict: Verdict, t: Translate): string {
  if (verdict.kind === 'passed') return t('Passed in {0}.', duration(verdict.elapsedMs));
  if (verdict.kind === 'cancelled') return t('Cancelled. {0}', verdict.message);
  const messages = verdict.problems.map(({ message }) => message).join('\n');
  return verdict.kind === 'failed' ? t('Failed: {0}', messages) : t('Could not be tried: {0}', messages);
}

/** Whether the agent was called; an agent that does not start, or is not there, is no answer to judge. */
function wasTried({ outcome }: CaseResult): boolean {
  return outcome.attempts !== 0 || outcome.state !== 'failed';
}

function problemsOf(result: CaseResult, caseUri: string, t: Translate): TestProblem[] {
  const { failures, outcome } = result;
  const raised = placeInCode(outcome.error);
  if (failures.length > 0) return failures.map((failure) => problemOf(failure, caseUri, raised));
  const message = outcome.error === undefined ? t('The run was cancelled.') : errorText(outcome.error);
  return [{ message, place: raised ?? { uri: caseUri, line: 0 } }];
}

function problemOf(failure: CaseFailure, caseUri: string, raised: FilePlace | undefined): TestProblem {
  const { expectation, message, expected, actual, range } = failure;
  // An error that nobody expected is best understood where it was raised.
  const inCode = expectation === 'completes' || range === undefined ? raised : undefined;
  const place = inCode ?? { uri: caseUri, line: range?.start.line ?? 0 };
  const isCompared = expected !== undefined && actual !== undefined;
  return { message, place, ...(isCompared ? { compared: { expected, actual } } : {}) };
}

/** The innermost step of the agent's own code. */
function placeInCode(error: RunError | undefined): FilePlace | undefined {
  return error?.frames?.map(placeOf).findLast((place) => place !== undefined);
}

function errorText({ code, message, suggestion }: RunError): string {
  return [`${code}: ${message}`, suggestion].filter(Boolean).join('\n');
}
