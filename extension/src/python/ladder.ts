import type { Interpreter } from '../server/plan';
import type { Translate } from '../translate';
import { DeadlineError, withDeadline } from './deadline';

export type Version = readonly [major: number, minor: number, patch: number];

/** What a program said about itself. */
export type ProbeResult =
  | { readonly version: Version; readonly executable: string }
  | { readonly problem: string };

export type Probe = (executable: string, signal: AbortSignal) => Promise<ProbeResult>;

/** A place that may know a Python. */
export interface Rung {
  /** For people, such as `the setting runagent.interpreter`. */
  readonly name: string;
  readonly limitMs: number;
  /** Paths to try in this order. An `Absent` says why there are none. */
  candidates(signal: AbortSignal): Promise<readonly string[] | Absent>;
}

export interface Absent {
  readonly absent: string;
  /** It was never meant to have one, so nobody needs to hear of it. */
  readonly isUnused?: true;
}

/** One thing that was tried and did not work. */
export interface Attempt {
  readonly rung: string;
  readonly executable?: string;
  readonly problem: string;
  readonly isUnused?: true;
}

export interface Climb {
  readonly interpreter: Interpreter | undefined;
  readonly tried: readonly Attempt[];
}

/** The oldest Python that can run the language server. */
export const OLDEST: Version = [3, 11, 0];

/**
 * The first suitable Python on the way up, and everything that was tried before it. Each rung has its own time
 * limit, looking and checking together, so that one that never answers only costs that.
 */
export async function climb(rungs: readonly Rung[], probe: Probe, t: Translate): Promise<Climb> {
  const tried: Attempt[] = [];
  for (const rung of rungs) {
    try {
      const found = await withDeadline(rung.limitMs, (signal) => tryRung(rung, probe, signal, tried, t));
      if (found !== undefined) return { interpreter: found, tried };
    } catch (error) {
      tried.push({ rung: rung.name, problem: problemOfRung(error, t) });
    }
  }
  return { interpreter: undefined, tried };
}

/** Every suitable Python of every rung, each program once, within the rungs' time limits. */
export async function survey(rungs: readonly Rung[], probe: Probe): Promise<Interpreter[]> {
  const found = await Promise.all(
    rungs.map(async (rung) => {
      const suitable: Interpreter[] = [];
      await withDeadline(rung.limitMs, async (signal) => {
        const candidates = await rung.candidates(signal);
        if ('absent' in candidates) return;
        for (const executable of candidates) {
          const result = await probe(executable, signal);
          const interpreter = suitableInterpreter(rung, result);
          if (interpreter !== undefined && !signal.aborted) suitable.push(interpreter);
        }
      }).catch(() => undefined);
      return suitable;
    }),
  );
  const byProgram = new Map<string, Interpreter>();
  for (const interpreter of found.flat()) {
    if (!byProgram.has(interpreter.executable)) byProgram.set(interpreter.executable, interpreter);
  }
  return [...byProgram.values()];
}

async function tryRung(
  rung: Rung,
  probe: Probe,
  signal: AbortSignal,
  tried: Attempt[],
  t: Translate,
): Promise<Interpreter | undefined> {
  const candidates = await rung.candidates(signal);
  if ('absent' in candidates) {
    const { absent, ...why } = candidates;
    if (!signal.aborted) tried.push({ rung: rung.name, problem: absent, ...why });
    return undefined;
  }
  for (const executable of candidates) {
    const result = await probe(executable, signal);
    if (signal.aborted) return undefined;
    const interpreter = suitableInterpreter(rung, result);
    if (interpreter !== undefined) return interpreter;
    tried.push({ rung: rung.name, executable, problem: problemOf(result, t) });
  }
  return undefined;
}

function suitableInterpreter(rung: Rung, result: ProbeResult): Interpreter | undefined {
  if ('problem' in result) return undefined;
  const [major, minor] = result.version;
  const newEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (!newEnough) return undefined;
  return { executable: result.executable, version: result.version.join('.'), origin: rung.name };
}

function problemOf(result: ProbeResult, t: Translate): string {
  if ('problem' in result) return result.problem;
  const oldest = `${OLDEST[0]}.${OLDEST[1]}`;
  return t('is Python {0}, but {1} or newer is needed', result.version.join('.'), oldest);
}

function problemOfRung(error: unknown, t: Translate): string {
  if (error instanceof DeadlineError) return t('gave no answer within {0} s', error.milliseconds / 1000);
  return t('failed: {0}', String(error));
}

/** One line for each thing that was tried. */
export function describeAttempts(tried: readonly Attempt[]): string[] {
  return tried.map(({ rung, executable, problem }) =>
    executable === undefined ? `${rung} ${problem}` : `${executable} (${rung}) ${problem}`,
  );
}

/** What to say when no rung had a suitable Python. What was tried is said as in the log. */
export function noPythonMessage(tried: readonly Attempt[], t: Translate): string {
  const oldest = `${OLDEST[0]}.${OLDEST[1]}`;
  const attempts = describeAttempts(tried).join('; ');
  return t('RunAgent needs Python {0} or newer and found none. Tried: {1}.', oldest, attempts);
}
