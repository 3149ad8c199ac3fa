import type { Position } from '../output/messages';
import type { CallPart, Part, StepEntry, Tokens } from './entries';
import type { ValueKeeper } from './kept_value';
import type { TraceEvent } from './trace_event';

export type Event<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;
/** What a step has beside thoughts, calls and observations. */
export type Note = Event<'recalled' | 'stored' | 'warning' | 'working' | 'graph' | 'checkpoint'>;

type Growing<T> = { -readonly [K in keyof T]: T[K] };
export type GrowingStep = Growing<StepEntry> & { parts: Part[] };
export type GrowingCall = Growing<CallPart>;

export interface OpenCall {
  readonly call: GrowingCall;
  readonly step: GrowingStep;
}

/** Where a session stands. Events of several may come in turns. */
export interface SessionState {
  readonly id: string;
  agent: string | undefined;
  canResume: boolean;
  step: GrowingStep | null;
  /** The same, also when it is over. */
  last: GrowingStep | null;
  /** When the step began, as far as that is known by when pieces came. */
  startedAt: number | null;
  /** The framework says itself where a step begins. */
  hasSteps: boolean;
  /** When the last piece came; of a step that nobody announced, it is when the step began. */
  lastMs: number | null;
  stepsBefore: number;
  /** Calls that have no observation yet, by id: one may come when the model is asked again already. */
  readonly calls: Map<string, OpenCall>;
}

export function newSession(id: string): SessionState {
  return {
    id,
    agent: undefined,
    canResume: false,
    step: null,
    last: null,
    startedAt: null,
    hasSteps: false,
    lastMs: null,
    stepsBefore: 0,
    calls: new Map(),
  };
}

/** The step begins with the number, or with the one after the last. */
export function newStep(at: Position, session: string, step: number, name: string | undefined): GrowingStep {
  return {
    kind: 'step',
    at,
    session,
    step,
    name,
    parts: [],
    modelMs: null,
    toolMs: null,
    elapsedMs: null,
    tokens: null,
    failures: 0,
    isOver: false,
  };
}

export function notePart(event: Note, at: Position, session: string, keeper: ValueKeeper): Part {
  switch (event.kind) {
    case 'working':
      return { kind: 'working', set: keeper.keep(event.set), removed: event.removed, at };
    case 'checkpoint':
      return { kind: 'checkpoint', session, step: event.step, at };
    default:
      return { ...event, at };
  }
}

export function isObserved(part: Part): boolean {
  return part.kind === 'observation' || (part.kind === 'call' && part.observation !== null);
}

export function sum(tokens: Tokens | null, { input, output, isEstimated = false }: Event<'usage'>): Tokens {
  return {
    input: (tokens?.input ?? 0) + input,
    output: (tokens?.output ?? 0) + output,
    isEstimated: isEstimated || (tokens?.isEstimated ?? false),
  };
}
