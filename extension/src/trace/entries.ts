import type { Position } from '../output/messages';
import type { KeptValue } from './kept_value';
import type { RecalledMemory } from './trace_event';

/** Tokens of questions to the model; `isEstimated`: the model did not say. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly isEstimated: boolean;
}

export interface Observation {
  readonly isOk: boolean;
  readonly content: KeptValue;
  /** The framework's word for what went wrong. */
  readonly error?: string | undefined;
  readonly elapsedMs?: number | undefined;
}

/** Something that happened in a step. */
export type Part = { readonly at: Position } & (
  | { readonly kind: 'thought'; readonly text: KeptValue; readonly isWhole: boolean }
  | CallFields
  /** Of no call: the model's output could not be read, for example. */
  | { readonly kind: 'observation'; readonly observation: Observation }
  | {
      readonly kind: 'recalled';
      readonly memories: readonly RecalledMemory[];
      readonly tokens?: number | undefined;
    }
  | { readonly kind: 'stored'; readonly memory: RecalledMemory }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'working'; readonly set: KeptValue; readonly removed: readonly string[] }
  | { readonly kind: 'graph'; readonly entities: number; readonly relations: number }
  | { readonly kind: 'checkpoint'; readonly session: string; readonly step: number }
);

interface CallFields {
  readonly kind: 'call';
  readonly id?: string | undefined;
  readonly tool: string;
  readonly arguments: KeptValue;
  /** Null while the tool runs, or when nobody has seen it end. */
  readonly observation: Observation | null;
}

export type CallPart = Extract<Part, { kind: 'call' }>;

export interface StepEntry {
  readonly kind: 'step';
  readonly at: Position;
  /** The framework's number, or else ours. */
  readonly step: number;
  readonly name?: string | undefined;
  readonly session: string;
  readonly parts: readonly Part[];
  /** Milliseconds that the model took, and the tools; null when nobody says. */
  readonly modelMs: number | null;
  readonly toolMs: number | null;
  /** Milliseconds in all: the sum, or else by when the pieces came. */
  readonly elapsedMs: number | null;
  readonly tokens: Tokens | null;
  /** Calls that failed, and outputs of the model that could not be read. */
  readonly failures: number;
  /** Nothing more comes. */
  readonly isOver: boolean;
}

/** A line of the trace: a session begins or goes on, a step, the answer, the end. */
export type Entry =
  | StepEntry
  | {
      readonly kind: 'session';
      readonly at: Position;
      readonly session: string;
      readonly agent?: string | undefined;
      readonly model?: string | undefined;
      readonly input: KeptValue | null;
      readonly isResumed: boolean;
      readonly forkedFrom?: { readonly session: string; readonly step: number } | undefined;
    }
  | { readonly kind: 'answer'; readonly at: Position; readonly session: string; readonly text: KeptValue }
  | {
      readonly kind: 'end';
      readonly at: Position;
      readonly session: string;
      readonly reason: string;
      readonly isFailure: boolean;
      readonly error: KeptValue | null;
    };
