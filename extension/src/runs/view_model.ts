import type { Chunk } from '../output/chunk';
import type {
  CancelResult,
  RunError,
  RunOutcome,
  RunStateParams,
  Target,
} from '../server/protocol.generated';

/** `run` waits for one result, `stream` shows pieces as they come. */
export type RunKind = 'run' | 'stream';

export type RunPhase =
  | 'preparing'
  | RunStateParams['state']
  | 'cancelling'
  | 'completed'
  | 'failed'
  | 'cancelled';

/** Everything the view of one run shows. Plain data: it travels to the browser side as it is. */
export interface RunViewModel {
  readonly runId: string;
  readonly kind: RunKind;
  readonly phase: RunPhase;
  readonly target: Target | null;
  /** How many pieces of output have come. */
  readonly pieces: number;
  readonly elapsedMs: number | null;
  /** How often the agent was called; null while that is not known. */
  readonly attempts: number | null;
  readonly error: RunError | null;
  /** What the start of the agent is busy with, while it is served for this run. */
  readonly step: string | null;
  /** A sentence beside the state, such as what a cancel did not stop. */
  readonly notice: string | null;
  /** Of a cancelled run: whether the agent's function was stopped too; null where that is not known. */
  readonly stopped: boolean | null;
}

export type RunEvent =
  | { readonly type: 'state'; readonly params: RunStateParams }
  | { readonly type: 'output'; readonly seq: number; readonly items: readonly Chunk[] }
  | { readonly type: 'cancelling' }
  | { readonly type: 'cancelAnswer'; readonly result: CancelResult }
  | { readonly type: 'finished'; readonly outcome: Omit<RunOutcome, 'value'>; readonly value?: Chunk };

export function newRun(run: Pick<RunViewModel, 'runId' | 'kind'>): RunViewModel {
  return {
    ...run,
    phase: 'preparing',
    target: null,
    pieces: 0,
    elapsedMs: null,
    attempts: null,
    error: null,
    step: null,
    notice: null,
    stopped: null,
  };
}

export function isOver(phase: RunPhase): boolean {
  return phase === 'completed' || phase === 'failed' || phase === 'cancelled';
}

/**
 * The model after `event`. What comes after the end of a run changes nothing, but for the answer to a cancel, which
 * may be overtaken by the end that it brought about.
 */
export function reduce(model: RunViewModel, event: RunEvent): RunViewModel {
  if (isOver(model.phase)) {
    const explainsEnd = event.type === 'cancelAnswer' && model.phase === 'cancelled';
    return explainsEnd ? { ...model, notice: event.result.message } : model;
  }
  switch (event.type) {
    case 'state':
      return {
        ...model,
        target: event.params.target ?? model.target,
        // Someone who has pressed Cancel shall not read "running" again.
        phase: model.phase === 'cancelling' ? 'cancelling' : event.params.state,
        step: event.params.message ?? null,
      };
    case 'output':
      return { ...model, pieces: model.pieces + event.items.length };
    case 'cancelling':
      return { ...model, phase: 'cancelling' };
    case 'cancelAnswer':
      return { ...model, notice: event.result.message };
    case 'finished':
      return finish(model, event.outcome, event.value !== undefined);
  }
}

function finish(model: RunViewModel, outcome: Omit<RunOutcome, 'value'>, hasValue: boolean): RunViewModel {
  return {
    ...model,
    phase: outcome.state,
    target: outcome.target ?? model.target,
    pieces: Math.max(outcome.chunks, model.pieces + (hasValue ? 1 : 0)),
    elapsedMs: outcome.elapsedMs,
    attempts: outcome.attempts ?? null,
    error: outcome.error ?? null,
    step: null,
    notice: outcome.state === 'cancelled' ? model.notice : null,
    stopped: outcome.state === 'cancelled' ? (outcome.stopped ?? null) : null,
  };
}
