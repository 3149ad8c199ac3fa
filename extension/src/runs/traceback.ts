import type { TracebackFrame } from '../server/protocol.generated';

/** A step of a traceback, by its place in the error's list of frames. */
export interface Step {
  readonly index: number;
  readonly frame: TracebackFrame;
  /** How often the same step follows itself, as in a recursion; 1 when it stands alone. */
  readonly times: number;
}

/** A step to be shown, or a stretch of steps through code that is not the project's. */
export type TracebackRow =
  | { readonly type: 'step'; readonly step: Step; readonly failing: boolean }
  | { readonly type: 'outside'; readonly steps: readonly Step[] };

/**
 * The rows of a traceback, outermost first. Steps outside the project are put together, so that the project's own
 * stand out; where none is the project's, every step is a row of its own. `failing`: the innermost of the project.
 */
export function tracebackRows(frames: readonly TracebackFrame[]): TracebackRow[] {
  const steps = folded(frames);
  const failing = steps.findLast(({ frame }) => frame.uri !== null);
  if (failing === undefined) return steps.map((step) => ({ type: 'step', step, failing: false }));
  const rows: TracebackRow[] = [];
  let outside: Step[] = [];
  for (const step of steps) {
    if (step.frame.uri === null) {
      if (outside.length === 0) rows.push({ type: 'outside', steps: outside });
      outside.push(step);
    } else {
      outside = [];
      rows.push({ type: 'step', step, failing: step === failing });
    }
  }
  return rows;
}

/** `agent.py:12`: a file below `root`, a file URI, from there on; of another long path the last parts only. */
export function placeText({ file, line, uri }: TracebackFrame, root = ''): string {
  return `${pathBelow(uri, root) ?? shortPath(file)}:${line + 1}`;
}

function pathBelow(uri: string | null, root: string): string | undefined {
  if (uri === null || root === '' || !uri.startsWith(`${root}/`)) return undefined;
  try {
    return decodeURIComponent(uri.slice(root.length + 1));
  } catch {
    return undefined;
  }
}

const LONGEST_PATH = 60;

function shortPath(file: string): string {
  const parts = file.split(/[\\/]/);
  return file.length > LONGEST_PATH && parts.length > 2 ? `…/${parts.slice(-2).join('/')}` : file;
}

function folded(frames: readonly TracebackFrame[]): Step[] {
  const steps: Step[] = [];
  frames.forEach((frame, index) => {
    const last = steps.at(-1);
    if (last !== undefined && sameStep(last.frame, frame)) {
      steps[steps.length - 1] = { ...last, times: last.times + 1 };
    } else {
      steps.push({ index, frame, times: 1 });
    }
  });
  return steps;
}

function sameStep(one: TracebackFrame, other: TracebackFrame): boolean {
  return one.file === other.file && one.line === other.line && one.function === other.function;
}
