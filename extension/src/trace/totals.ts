import type { Tokens } from './entries';
import { type Event, sum } from './session_state';

/** All of a trace in numbers. */
export interface Totals {
  readonly steps: number;
  readonly calls: number;
  readonly failures: number;
  readonly recalled: number;
  readonly tokens: Tokens | null;
  readonly elapsedMs: number | null;
  /** Of the slowest step. */
  readonly slowestMs: number;
  /** Of the knowledge graph; null when there is none. */
  readonly graph: { readonly entities: number; readonly relations: number } | null;
}

const NO_TOTALS: Totals = {
  steps: 0,
  calls: 0,
  failures: 0,
  recalled: 0,
  tokens: null,
  elapsedMs: null,
  slowestMs: 0,
  graph: null,
};

/** The totals of a trace that grows. */
export class RunningTotals {
  current: Totals = NO_TOTALS;

  count(name: 'steps' | 'calls' | 'failures' | 'recalled', more = 1): void {
    this.current = { ...this.current, [name]: this.current[name] + more };
  }

  countTokens(event: Event<'usage'>): void {
    this.current = { ...this.current, tokens: sum(this.current.tokens, event) };
  }

  /** A step that took so many milliseconds until now has taken more. */
  countTime(before: number, elapsedMs: number): void {
    this.current = { ...this.current, elapsedMs: (this.current.elapsedMs ?? 0) + elapsedMs - before };
  }

  /** A step takes no less than this. */
  compareSlowest(elapsedMs: number): void {
    this.current = { ...this.current, slowestMs: Math.max(this.current.slowestMs, elapsedMs) };
  }

  setGraph({ entities, relations }: Event<'graph'>): void {
    this.current = { ...this.current, graph: { entities, relations } };
  }
}
