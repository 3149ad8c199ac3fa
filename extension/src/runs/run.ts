import { cutForPage } from '../output/chunk';
import type { OutputStart } from '../output/messages';
import { OutputStore, type ReadHistory } from '../output/output_store';
import type { AgentServer } from '../server/agent_server';
import type {
  OutputParams,
  RunOutcome,
  RunParams,
  RunStateParams,
  ServeOptions,
  Timeouts,
} from '../server/protocol.generated';
import type { RunSession } from '../sessions/run_session';
import type { Translate } from '../translate';
import { AckGate } from './ack_gate';
import { cancelRun } from './cancelling';
import type { Inputs } from './inputs';
import { isOver, newRun, type RunEvent, type RunKind, type RunViewModel, reduce } from './view_model';

/** A server that the user names instead of the one that would be found. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How a run is sent, where the user wants it other than usual. */
export interface RunOptions {
  /** True: in the cloud, because the user chose so for this run. */
  readonly cloud?: boolean;
  /** Excludes `cloud`. */
  readonly address?: Address;
  /** On whose behalf; matters in the cloud only. */
  readonly userId?: string;
  /** Whether the cloud keeps what the agent remembers of this user. */
  readonly persistentMemory?: boolean;
  /** In seconds; null is no limit; what is absent is as the settings have it. */
  readonly timeouts?: Timeouts;
}

/** What to call and with what. */
export interface RunRequest extends RunOptions {
  readonly configUri: string;
  readonly project: string;
  readonly tag: string;
  readonly kind: RunKind;
  readonly inputs: Inputs;
  /** False: the user has seen that the inputs do not fit and sends them all the same. */
  readonly validate?: boolean;
  /** How it is sent this once, in place of all options that were chosen. */
  readonly instead?: RunOptions;
  /** True: it goes on with a session; the form keeps the inputs of a run that begins one. */
  readonly resumes?: boolean;
}

export interface RunEnvironment {
  /** The server, as soon as it is ready; rejects with words for people. */
  server(): Promise<AgentServer>;
  /** How to serve the agent when nobody does; undefined: it is not to be served. */
  serveOptions(request: RunRequest): Promise<ServeOptions | undefined>;
  newRunId(): string;
  readonly translate: Translate;
  now(): number;
  changed(run: Run, event: RunEvent): void;
}

/** Items of a recorded run that are read at once. */
const HISTORY_PAGE = 2_000;

/** One run from the click to its end. Never rejects: whatever goes wrong becomes part of its model. */
export class Run {
  readonly id: string;
  readonly gate: AckGate;
  readonly output = new OutputStore();
  model: RunViewModel;
  /** Resolves when the run is over, however it ended. */
  readonly ended: Promise<void>;
  /** Of the run's record, once it is over and was recorded. */
  historyId: string | null = null;
  /** Of the agent runtime, as soon as the output tells of it. */
  session: RunSession | null = null;
  #isOver: () => void = () => undefined;
  #lastChunkAt: number;
  readonly #startedAt: number;
  #server: AgentServer | undefined;

  constructor(
    readonly request: RunRequest,
    private readonly environment: RunEnvironment,
  ) {
    this.id = environment.newRunId();
    this.#startedAt = environment.now();
    this.#lastChunkAt = this.#startedAt;
    this.ended = new Promise((resolve) => {
      this.#isOver = resolve;
    });
    this.model = newRun({ runId: this.id, kind: request.kind });
    this.gate = new AckGate((seq) => this.#server?.notify('runagent/outputAck', { runId: this.id, seq }));
  }

  /** Milliseconds since the click, or of the whole run when it is over. */
  get elapsedMs(): number {
    return this.model.elapsedMs ?? this.environment.now() - this.#startedAt;
  }

  get isOver(): boolean {
    return isOver(this.model.phase);
  }

  async start(): Promise<void> {
    try {
      const server = await this.environment.server();
      const serve = await this.#serveOptions();
      if (this.isOver) return;
      this.#server = server;
      const method = this.request.kind === 'run' ? 'runagent/run' : 'runagent/stream';
      const outcome = await server.request(method, this.#params(serve));
      this.finished(serve === undefined ? outcome : servedByAnotherRun(outcome));
    } catch (error) {
      this.fail('SERVER_UNAVAILABLE', error instanceof Error ? error.message : String(error));
    }
  }

  /** The end of a run that the server can no longer tell about. */
  fail(code: string, message: string): void {
    this.#end('failed', {
      error: {
        code,
        message,
        suggestion: this.environment.translate(
          'Run again once the RunAgent server is ready; its log says why it is not.',
        ),
        action: 'show-logs',
        details: null,
      },
    });
  }

  stateChanged(params: RunStateParams): void {
    this.#apply({ type: 'state', params });
  }

  received({ seq, items }: OutputParams): void {
    this.gate.received(seq);
    this.#lastChunkAt = this.environment.now();
    this.#apply({ type: 'output', seq, items: this.output.add(items).map(cutForPage) });
  }

  /** What the page has to know of the output before it hears of more. */
  get outputStart(): OutputStart {
    return { end: this.output.end, silentMs: this.environment.now() - this.#lastChunkAt };
  }

  async cancel(): Promise<void> {
    if (this.isOver || this.model.phase === 'cancelling') return;
    const server = this.#server;
    if (server === undefined) {
      this.#end('cancelled', { stopped: true });
      return;
    }
    this.#apply({ type: 'cancelling' });
    const result = await cancelRun(server, this.id, this.environment.translate);
    this.#apply({ type: 'cancelAnswer', result });
  }

  /** Only an agent that is looked for may be served; what the user has named is there or is not. */
  async #serveOptions(): Promise<ServeOptions | undefined> {
    const { cloud, address } = this.request.instead ?? this.request;
    return cloud === true || address !== undefined ? undefined : this.environment.serveOptions(this.request);
  }

  #params(serve: ServeOptions | undefined): RunParams {
    const { configUri, tag, inputs, validate, instead = this.request } = this.request;
    const { cloud, address, userId, persistentMemory, timeouts } = instead;
    const target = cloud === true ? { cloud } : address;
    return {
      runId: this.id,
      configUri,
      tag,
      kwargs: { ...inputs.kwargs },
      ...(inputs.args.length > 0 ? { args: [...inputs.args] } : {}),
      ...(target === undefined ? {} : { target }),
      ...(userId === undefined ? {} : { userId }),
      ...(persistentMemory === undefined ? {} : { persistentMemory }),
      ...(timeouts === undefined ? {} : { timeouts }),
      ...(serve === undefined ? {} : { serve }),
      ...(validate === false ? { validate } : {}),
    };
  }

  #end(state: RunOutcome['state'], rest: Partial<RunOutcome>): void {
    this.finished({
      runId: this.id,
      state,
      target: this.model.target,
      elapsedMs: this.elapsedMs,
      chunks: this.model.pieces,
      ...rest,
    });
  }

  /** The end, as the server tells it. */
  finished(outcome: RunOutcome): void {
    if (this.isOver) return;
    const { value, ...rest } = outcome;
    this.historyId = outcome.historyId ?? null;
    if (this.historyId !== null) this.output.history = this.#historyOf(this.historyId);
    if (!('value' in outcome)) {
      this.#apply({ type: 'finished', outcome: rest });
      return;
    }
    const chunk = this.output.addValue(value, outcome.elapsedMs);
    this.#apply({ type: 'finished', outcome: rest, value: cutForPage(chunk) });
  }

  /** The output of the run as it was recorded. */
  #historyOf(historyId: string): ReadHistory {
    return async (from, count) => {
      const server = await this.environment.server();
      const page = { historyId, after: from - 1, limit: Math.min(count, HISTORY_PAGE) };
      return (await server.request('runagent/history/get', page)).items;
    };
  }

  #apply(event: RunEvent): void {
    const before = this.model;
    this.model = reduce(before, event);
    if (this.model !== before) this.environment.changed(this, event);
    if (this.isOver) this.#isOver();
  }
}

/**
 * Nobody has to be told how to serve an agent that another run would serve; only one that is said to be at an address
 * is left alone.
 */
function servedByAnotherRun(outcome: RunOutcome): RunOutcome {
  const { error, target } = outcome;
  const isNamed = target?.source === 'setting' || target?.source === 'explicit';
  if (error?.action !== 'show-serve-command' || isNamed) return outcome;
  return { ...outcome, error: { ...error, action: 'run-again' } };
}
