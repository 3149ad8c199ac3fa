import { DeadlineError, withDeadline } from '../python/deadline';
import type { Translate } from '../translate';
import type { AgentServer } from './agent_server';
import type { ServerState, Session, StopCause } from './controller';

/** There is no server to ask, and none on its way. */
export class ServerStoppedError extends Error {
  constructor(
    message: string,
    readonly reason: StopCause,
  ) {
    super(message);
    this.name = 'ServerStoppedError';
  }
}

/** Waits for the server on behalf of commands that are pressed before it is ready. */
export class ServerAccess<S extends Session & AgentServer> {
  #state: ServerState<S> = { kind: 'looking' };
  #waiting: ((state: ServerState<S>) => void)[] = [];

  constructor(private readonly t: Translate) {}

  stateChanged(state: ServerState<S>): void {
    this.#state = state;
    if (!isSettled(state)) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(state);
  }

  get isReady(): boolean {
    return this.#state.kind === 'ready';
  }

  /** The server once it is ready. Rejects with words for people when it is stopped or takes too long. */
  async ready(limitMs = 45_000): Promise<S> {
    const state = isSettled(this.#state) ? this.#state : await this.#next(limitMs);
    if (state.kind === 'ready') return state.session;
    const [message, cause] = state.kind === 'stopped' ? [state.message, state.cause] : ['', 'asked' as const];
    throw new ServerStoppedError(message || this.t('The RunAgent server is not running.'), cause);
  }

  #next(limitMs: number): Promise<ServerState<S>> {
    const next = new Promise<ServerState<S>>((resolve) => this.#waiting.push(resolve));
    return withDeadline(limitMs, () => next).catch((error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error;
      throw new Error(this.t('The RunAgent server was not ready within {0} s.', limitMs / 1000));
    });
  }
}

/** A crash is followed by a restart or by silence; either way the state says so at once. */
function isSettled(state: ServerState<unknown>): boolean {
  return state.kind === 'ready' || state.kind === 'stopped';
}
