import { withDeadline } from '../python/deadline';
import type { AgentServer } from '../server/agent_server';
import type {
  OutputParams,
  RunOutcome,
  RunParams,
  RunStateParams,
  ServeOptions,
} from '../server/protocol.generated';
import type { Translate } from '../translate';
import { AckGate } from './ack_gate';
import { asJson, displayItem, displayValue, wholeText } from './display';
import type { Inputs } from './inputs';
import { Transcript } from './transcript';
import { isOver, newRun, type RunEvent, type RunKind, type RunViewModel, reduce } from './view_model';

/** What to call and with what. */
export interface RunRequest {
  readonly configUri: string;
  readonly project: string;
  readonly tag: string;
  readonly kind: RunKind;
  readonly inputs: Inputs;
  /** True: in the cloud, because the user chose so for this run. */
  readonly cloud?: boolean;
  /** False: the user has seen that the inputs do not fit and sends them all the same. */
  readonly validate?: boolean;
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

const CANCEL_LIMIT_MS = 10_000;

/** One run from the click to its end. Never rejects: whatever goes wrong becomes part of its model. */
export class Run {
  readonly id: string;
  readonly gate: AckGate;
  readonly transcript = new Transcript();
  model: RunViewModel;
  /** Resolves when the run is over, however it ended. */
  readonly ended: Promise<void>;
  #isOver: () => void = () => undefined;
  readonly #startedAt: number;
  #server: AgentServer | undefined;

  constructor(
    readonly request: RunRequest,
    private readonly environment: RunEnvironment,
  ) {
    this.id = environment.newRunId();
    this.#startedAt = environment.now();
    this.ended = new Promise((resolve) => {
      this.#isOver = resolve;
    });
    this.model = newRun({
      runId: this.id,
      tag: request.tag,
      project: request.project,
      kind: request.kind,
    });
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
      const serve = await this.environment.serveOptions(this.request);
      if (this.isOver) return;
      this.#server = server;
      const method = this.request.kind === 'run' ? 'runagent/run' : 'runagent/stream';
      const outcome = await server.request(method, this.#params(serve));
      this.#finish(serve === undefined ? outcome : servedByAnotherRun(outcome));
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

  output(params: OutputParams): void {
    for (const item of params.items) this.transcript.add(wholeText(item), item.type !== 'text');
    this.gate.received(params.seq);
    this.#apply({ type: 'output', seq: params.seq, items: params.items.map(displayItem) });
  }

  async cancel(): Promise<void> {
    if (this.isOver || this.model.phase === 'cancelling') return;
    const server = this.#server;
    if (server === undefined) {
      this.#end('cancelled', { stopped: true });
      return;
    }
    this.#apply({ type: 'cancelling' });
    try {
      const request = () => server.request('runagent/cancel', { runId: this.id });
      this.#apply({ type: 'cancelAnswer', result: await withDeadline(CANCEL_LIMIT_MS, request) });
    } catch (error) {
      const t = this.environment.translate;
      const reason = error instanceof Error ? error.message : t('no answer');
      const message = t('Cancelling got {0}. "RunAgent: Restart Language Server" ends it.', reason);
      this.#apply({ type: 'cancelAnswer', result: { found: false, stopped: false, message } });
    }
  }

  #params(serve: ServeOptions | undefined): RunParams {
    const { configUri, tag, inputs, cloud, validate } = this.request;
    return {
      runId: this.id,
      configUri,
      tag,
      kwargs: { ...inputs.kwargs },
      ...(inputs.args.length > 0 ? { args: [...inputs.args] } : {}),
      ...(cloud === true ? { target: { cloud } } : {}),
      ...(serve === undefined ? {} : { serve }),
      ...(validate === false ? { validate } : {}),
    };
  }

  #end(state: RunOutcome['state'], rest: Partial<RunOutcome>): void {
    this.#finish({
      runId: this.id,
      state,
      target: this.model.target,
      elapsedMs: this.elapsedMs,
      chunks: this.model.pieces,
      ...rest,
    });
  }

  #finish(outcome: RunOutcome): void {
    if (this.isOver) return;
    const { value, ...rest } = outcome;
    if (!('value' in outcome)) {
      this.#apply({ type: 'finished', outcome: rest });
      return;
    }
    this.transcript.add(typeof value === 'string' ? value : asJson(value), typeof value !== 'string');
    this.#apply({ type: 'finished', outcome: rest, value: displayValue(value) });
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
