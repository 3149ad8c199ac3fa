import type { Translate } from '../translate';
import type { TestProblem, Verdict } from './verdict';

/**
 * What several runs of one case mean together: it passes when all of them pass. One that passes at times is flaky, and
 * each way of failing is told once, with the runs that failed so.
 */
export function together(verdicts: readonly Verdict[], t: Translate): Verdict {
  const [only] = verdicts;
  if (only !== undefined && verdicts.length === 1) return only;
  const cancelled = verdicts.find(({ kind }) => kind === 'cancelled');
  if (cancelled !== undefined) return cancelled;
  if (only === undefined) return { kind: 'cancelled', message: t('Nothing was sent.') };
  const elapsedMs = verdicts.reduce((sum, verdict) => sum + elapsed(verdict), 0);
  const passed = verdicts.filter(({ kind }) => kind === 'passed').length;
  if (passed === verdicts.length) return { kind: 'passed', elapsedMs };
  const problems = [{ message: summary(passed, verdicts.length, t) }, ...distinctProblems(verdicts, t)];
  const isTried = verdicts.every(({ kind }) => kind !== 'errored');
  return { kind: isTried ? 'failed' : 'errored', elapsedMs, problems };
}

/** How many of the runs passed, in a sentence. */
export function summary(passed: number, runs: number, t: Translate): string {
  if (passed === 0) return t('None of {0} runs passed.', runs);
  if (passed === runs) return t('All {0} runs passed.', runs);
  return t('Flaky: {0} of {1} runs passed.', passed, runs);
}

function distinctProblems(verdicts: readonly Verdict[], t: Translate): TestProblem[] {
  const found = new Map<string, { readonly problem: TestProblem; readonly runs: number[] }>();
  for (const [index, verdict] of verdicts.entries()) {
    for (const problem of 'problems' in verdict ? verdict.problems : []) {
      const key = JSON.stringify(problem);
      const known = found.get(key);
      if (known === undefined) found.set(key, { problem, runs: [index + 1] });
      else known.runs.push(index + 1);
    }
  }
  return [...found.values()].map(({ problem, runs }) => {
    const which = runs.length === 1 ? t('Run {0}', runs[0] ?? 0) : t('Runs {0}', runs.join(', '));
    return { ...problem, message: `${which}: ${problem.message}` };
  });
}

function elapsed(verdict: Verdict): number {
  return 'elapsedMs' in verdict ? (verdict.elapsedMs ?? 0) : 0;
}
