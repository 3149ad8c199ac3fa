import type {
  CancelResult,
  RunError,
  RunOutcome,
  RunStateParams,
  Target,
} from '../server/protocol.generated';
import type { DisplayItem } from './display';

/** `run` waits for one result, `stream` shows pieces as they come. */
export type RunKind = 'run' | 'stream';

export type RunPhase =
  | 'preparing'
  | RunStateParams['state']
  | 'cancelling'
  | 'completed'
  | 'failed'
  | 'cancelled';

/** A stretch of output. Text that follows text is joined until a block is full. */
export interface OutputBlock {
  readonly id: number;
  readonly kind: DisplayItem['kind'];
  readonly text: string;
  readonly wholeLength?: number;
}

/** Everything the view of one run shows. Plain data: it travels to the browser side as it is. */
export interface RunViewModel {
  readonly runId: string;
  readonly tag: string;
  readonly project: string;
  readonly kind: RunKind;
  readonly phase: RunPhase;
  readonly target: Target | null;
  readonly blocks: readonly OutputBlock[];
  readonly nextBlockId: number;
  /** Characters taken out of the front of `blocks` to keep the view small. */
  readonly dropped: number;
  readonly pieces: number;
  readonly elapsedMs: number | null;
  readonly firstChunkMs: number | null;
  /** How often the agent was called; null while that is not known. */
  readonly attempts: number | null;
  readonly error: RunError | null;
  /** What the start of the agent is busy with, while it is served for this run. */
  readonly step: string | null;
  /** A sentence beside the state, such as what a cancel did not stop. */
  readonly notice: string | null;
}

export type RunEvent =
  | { readonly type: 'state'; readonly params: RunStateParams }
  | { readonly type: 'output'; readonly seq: number; readonly items: readonly DisplayItem[] }
  | { readonly type: 'cancelling' }
  | { readonly type: 'cancelAnswer'; readonly result: CancelResult }
  | { readonly type: 'finished'; readonly outcome: Omit<RunOutcome, 'value'>; readonly value?: DisplayItem };

export const BLOCK_LIMIT = 8_000;
export const BLOCK_COUNT_LIMIT = 1_500;
export const TOTAL_LIMIT = 400_000;

export function newRun(run: Pick<RunViewModel, 'runId' | 'tag' | 'project' | 'kind'>): RunViewModel {
  return {
    ...run,
    phase: 'preparing',
    target: null,
    blocks: [],
    nextBlockId: 0,
    dropped: 0,
    pieces: 0,
    elapsedMs: null,
    firstChunkMs: null,
    attempts: null,
    error: null,
    step: null,
    notice: null,
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
      return append(model, event.items);
    case 'cancelling':
      return { ...model, phase: 'cancelling' };
    case 'cancelAnswer':
      return { ...model, notice: event.result.message };
    case 'finished':
      return finish(model, event.outcome, event.value);
  }
}

function finish(model: RunViewModel, outcome: Omit<RunOutcome, 'value'>, value?: DisplayItem): RunViewModel {
  const shown = value === undefined ? model : append(model, [value]);
  return {
    ...shown,
    phase: outcome.state,
    target: outcome.target ?? model.target,
    pieces: Math.max(outcome.chunks, model.pieces),
    elapsedMs: outcome.elapsedMs,
    firstChunkMs: outcome.firstChunkMs ?? null,
    attempts: outcome.attempts ?? null,
    error: outcome.error ?? null,
    step: null,
    notice: noticeAfter(model, outcome),
  };
}

function noticeAfter(model: RunViewModel, outcome: Omit<RunOutcome, 'value'>): string | null {
  if (outcome.state !== 'cancelled') return null;
  if (model.notice !== null) return model.notice;
  if (outcome.stopped === undefined) return null;
  return outcome.stopped
    ? "The agent's function was stopped."
    : "The editor no longer waits, but the agent's function may still be running.";
}

function append(model: RunViewModel, items: readonly DisplayItem[]): RunViewModel {
  const blocks = [...model.blocks];
  let nextBlockId = model.nextBlockId;
  for (const item of items) {
    const last = blocks.at(-1);
    if (last !== undefined && canJoin(last, item)) {
      blocks[blocks.length - 1] = { ...last, text: last.text + item.text };
    } else {
      blocks.push({ id: nextBlockId, ...item });
      nextBlockId += 1;
    }
  }
  const { kept, dropped } = bound(blocks);
  return {
    ...model,
    blocks: kept,
    nextBlockId,
    dropped: model.dropped + dropped,
    pieces: model.pieces + items.length,
  };
}

function canJoin(block: OutputBlock, item: DisplayItem): boolean {
  return (
    block.kind === 'text' &&
    item.kind === 'text' &&
    block.wholeLength === undefined &&
    item.wholeLength === undefined &&
    block.text.length + item.text.length <= BLOCK_LIMIT
  );
}

function bound(blocks: readonly OutputBlock[]): { kept: readonly OutputBlock[]; dropped: number } {
  let total = blocks.reduce((sum, block) => sum + block.text.length, 0);
  let from = 0;
  let dropped = 0;
  while (blocks.length - from > BLOCK_COUNT_LIMIT || (total > TOTAL_LIMIT && blocks.length - from > 1)) {
    const length = blocks[from]?.text.length ?? 0;
    total -= length;
    dropped += length;
    from += 1;
  }
  return { kept: from === 0 ? blocks : blocks.slice(from), dropped };
}
