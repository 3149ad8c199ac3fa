import { cancelRun } from '../runs/cancelling';
import type { AgentServer } from '../server/agent_server';
import type {
  CaseResult,
  OutputItem,
  OutputParams,
  RunStateParams,
  ServeOptions,
} from '../server/protocol.generated';
import type { Translate } from '../translate';

/** A saved case, as it is run. */
export interface RunnableCase {
  /** Of its file. */
  readonly uri: string;
  readonly configUri: string;
  readonly tag: string;
}

/** Who hears what a case says while it runs. */
export interface CaseListener {
  state(params: RunStateParams): void;
  output(items: readonly OutputItem[]): void;
}

/** The part of an editor's cancellation token that is needed. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): unknown };
}

/** How the run of a case ended. */
export type CaseEnd =
  | { readonly kind: 'judged'; readonly result: CaseResult }
  /** The user wanted it to end; `message` says what that has stopped. */
  | { readonly kind: 'cancelled'; readonly message: string }
  /** Nothing can be said of the case: the server is not there, or could not read it. */
  | { readonly kind: 'unknown'; readonly message: string };

export interface CaseEnvironment {
  /** The server, as soon as it is ready; rejects with words for people. */
  server(): Promise<AgentServer>;
  /** How to serve the agent when nobody does. */
  serveOptions(configUri: string): Promise<ServeOptions>;
  newRunId(): string;
  readonly translate: Translate;
}

/** The cases that run, and the way for the server's notifications to them. */
export class CaseRuns {
  readonly #active = new Map<string, ActiveCase>();

  constructor(private readonly environment: CaseEnvironment) {}

  /** Runs one case. Never rejects. */
  async run(one: RunnableCase, listener: CaseListener, cancellation: Cancellation): Promise<CaseEnd> {
    const { environment } = this;
    const runId = environment.newRunId();
    const active = new ActiveCase(runId, one, listener, environment);
    this.#active.set(runId, active);
    const cancelling = cancellation.onCancellationRequested(() => void active.cancel());
    try {
      return await active.run(cancellation);
    } finally {
      cancelling.dispose();
      this.#active.delete(runId);
    }
  }

  /** The runs of one agent's cases that go on. */
  activeOf(configUri: string): { readonly ended: Promise<unknown> }[] {
    return [...this.#active.values()].filter(({ one }) => one.configUri === configUri);
  }

  /** The entrypoint that a run of a case calls. */
  tagOf(runId: string): string | undefined {
    return this.#active.get(runId)?.one.tag;
  }

  stateChanged(params: RunStateParams): void {
    this.#active.get(params.runId)?.listener.state(params);
  }

  output(params: OutputParams): void {
    this.#active.get(params.runId)?.output(params);
  }

  /** The server has ended: no case that was running will hear from it again. */
  serverStopped(): void {
    const message = this.environment.translate('The RunAgent server stopped while this case was running.');
    for (const active of this.#active.values()) active.end({ kind: 'unknown', message });
  }
}

/** One run of one case. */
class ActiveCase {
  readonly ended: Promise<CaseEnd>;
  #end: (end: CaseEnd) => void = () => undefined;
  #server: AgentServer | undefined;

  constructor(
    private readonly runId: string,
    readonly one: RunnableCase,
    readonly listener: CaseListener,
    private readonly environment: CaseEnvironment,
  ) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** The first end counts. */
  end(end: CaseEnd): void {
    this.#end(end);
  }

  run(cancellation: Cancellation): Promise<CaseEnd> {
    void this.#ask(cancellation).then(
      (end) => this.end(end),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        this.end({ kind: 'unknown', message });
      },
    );
    return this.ended;
  }

  output({ seq, items }: OutputParams): void {
    this.listener.output(items);
    this.#server?.notify('runagent/outputAck', { runId: this.runId, seq });
  }

  async cancel(): Promise<void> {
    const { translate: t } = this.environment;
    if (this.#server === undefined) {
      this.end({ kind: 'cancelled', message: t('Nothing was sent.') });
      return;
    }
    const { message } = await cancelRun(this.#server, this.runId, t);
    this.end({ kind: 'cancelled', message });
  }

  async #ask(cancellation: Cancellation): Promise<CaseEnd> {
    const { environment, one, runId } = this;
    const server = await environment.server();
    const serve = await environment.serveOptions(one.configUri);
    if (cancellation.isCancellationRequested) return this.ended;
    this.#server = server;
    const result = await server.request('runagent/cases/run', { runId, uri: one.uri, serve });
    // What a cancel has stopped is told by its own answer, which may come a little later.
    return result.outcome.state === 'cancelled' && cancellation.isCancellationRequested
      ? this.ended
      : { kind: 'judged', result };
  }
}
