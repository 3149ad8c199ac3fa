import type { Translate } from '../translate';
import { type Interpreter, type LaunchPlan, samePlan } from './plan';

/** A running server process with its connection. */
export interface Session {
  /** Resolves when the server has answered `initialize`; rejects with words for people. */
  start(): Promise<void>;
  /** Ends the process too; never rejects. */
  stop(): Promise<void>;
}

export type StopCause = 'asked' | 'no-python' | 'start-failed' | 'crashed';

export type ServerState<S> =
  | { readonly kind: 'looking' }
  | { readonly kind: 'starting'; readonly interpreter: Interpreter }
  | { readonly kind: 'ready'; readonly interpreter: Interpreter; readonly session: S }
  | { readonly kind: 'stopped'; readonly cause: StopCause; readonly message: string };

/** A plan, or why there is none. */
export type PlanResult =
  | { readonly plan: LaunchPlan }
  | { readonly plan: undefined; readonly message: string };

export interface ControllerDependencies<S extends Session> {
  findPlan(): Promise<PlanResult>;
  /** `died` is called when the process ends although nobody asked it to. */
  createSession(plan: LaunchPlan, died: () => void): S;
  stateChanged(state: ServerState<S>): void;
  crashed(message: string, willRestart: boolean): void;
  readonly translate: Translate;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
}

/** A server that lived this long is no longer counted as part of a crash loop. */
const CRASH_MEMORY_MS = 10 * 60 * 1000;

/**
 * Keeps at most one server running. All changes go through one lane: whatever is asked for while a change is under
 * way is done once, afterwards. A crash is answered with one restart; the next one within ten minutes is reported.
 */
export class ServerController<S extends Session> {
  #state: ServerState<S> = { kind: 'stopped', cause: 'asked', message: '' };
  #running: { session: S; plan: LaunchPlan } | undefined;
  #lane: Promise<void> | undefined;
  #wanted: { force: boolean } | undefined;
  #lastCrash = Number.NEGATIVE_INFINITY;
  #disposed = false;

  constructor(private readonly dependencies: ControllerDependencies<S>) {}

  get state(): ServerState<S> {
    return this.#state;
  }

  /** Starts the server, or restarts it if the way to launch it has changed. */
  reconcile(): Promise<void> {
    return this.#want(false);
  }

  /** Restarts the server in any case and forgets earlier crashes. */
  restart(): Promise<void> {
    this.#lastCrash = Number.NEGATIVE_INFINITY;
    return this.#want(true);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#wanted = undefined;
    const running = this.#running;
    this.#running = undefined;
    await running?.session.stop();
    await this.#lane;
  }

  #want(force: boolean): Promise<void> {
    if (this.#disposed) return Promise.resolve();
    this.#wanted = { force: force || (this.#wanted?.force ?? false) };
    this.#lane ??= this.#work().finally(() => {
      this.#lane = undefined;
    });
    return this.#lane;
  }

  async #work(): Promise<void> {
    while (this.#wanted !== undefined && !this.#disposed) {
      const { force } = this.#wanted;
      this.#wanted = undefined;
      await this.#change(force);
    }
  }

  async #change(force: boolean): Promise<void> {
    if (this.#running === undefined) this.#enter({ kind: 'looking' });
    const result = await this.#findPlan();
    if (this.#disposed) return;
    if (result.plan === undefined) {
      // A server that runs is worth more than none: it is kept until something better is found.
      if (this.#running === undefined || force) {
        await this.#end();
        this.#enter({ kind: 'stopped', cause: 'no-python', message: result.message });
      }
      return;
    }
    if (!force && this.#running !== undefined && samePlan(this.#running.plan, result.plan)) return;
    await this.#end();
    await this.#launch(result.plan);
  }

  async #findPlan(): Promise<PlanResult> {
    try {
      return await this.dependencies.findPlan();
    } catch (error) {
      return { plan: undefined, message: messageOf(error) };
    }
  }

  async #launch(plan: LaunchPlan): Promise<void> {
    if (this.#disposed) return;
    this.#enter({ kind: 'starting', interpreter: plan.interpreter });
    const session = this.dependencies.createSession(plan, () => this.#died(session));
    this.#running = { session, plan };
    try {
      await session.start();
    } catch (error) {
      if (this.#running?.session === session) this.#running = undefined;
      await session.stop();
      if (!this.#disposed) {
        this.#enter({ kind: 'stopped', cause: 'start-failed', message: messageOf(error) });
      }
      return;
    }
    if (this.#disposed) await session.stop();
    else if (this.#running?.session === session) {
      this.#enter({ kind: 'ready', interpreter: plan.interpreter, session });
    }
  }

  #died(session: S): void {
    // While it starts, `start()` itself rejects and says why.
    if (this.#running?.session !== session || this.#state.kind !== 'ready') return;
    this.#running = undefined;
    void session.stop();
    const now = this.dependencies.now();
    const first = now - this.#lastCrash > CRASH_MEMORY_MS;
    this.#lastCrash = now;
    const t = this.dependencies.translate;
    const message = first
      ? t('The RunAgent server stopped unexpectedly and is being restarted.')
      : t('The RunAgent server stopped unexpectedly again, so it was not restarted.');
    this.#enter({ kind: 'stopped', cause: 'crashed', message });
    this.dependencies.crashed(message, first);
    if (first) void this.#want(false);
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.session.stop();
  }

  #enter(state: ServerState<S>): void {
    this.#state = state;
    this.dependencies.stateChanged(state);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
