import * as vscode from 'vscode';
import {
  CloseAction,
  type DocumentSelector,
  ErrorAction,
  FileChangeType,
  LanguageClient,
  type LanguageClientOptions,
  type MessageTransports,
  RevealOutputChannelOn,
  type ServerOptions,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { DeadlineError, withDeadline } from '../python/deadline';
import { type AgentServer, SERVER_NOTIFICATIONS, type ServerListener } from './agent_server';
import { messageOf, type Session } from './controller';
import type { LaunchPlan } from './plan';
import { ServerProcess } from './process';
import type { ClientNotifications, Requests } from './protocol.generated';
import { SealedParams } from './sealed_params';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 2_000;
const LAST_WORDS_LIMIT_MS = 500;

/** Their parameters are for the server alone: no trace, however detailed, may show them. */
const SECRET: ReadonlySet<keyof ClientNotifications> = new Set(['runagent/apiKey']);

const CONFIG_PATTERN = '**/runagent.config.{json,yaml,yml}';
/** Files with nothing of ours to find in them but calls of agents. */
const SCRIPT_LANGUAGES = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'];

/** Configs in any of their three forms, the files around them that they and the server read, cases, what calls agents. */
const DOCUMENTS: DocumentSelector = [
  { scheme: 'file', pattern: CONFIG_PATTERN },
  { scheme: 'file', pattern: '**/{.env,requirements.txt}' },
  { scheme: 'file', pattern: '**/.runagent/cases/**/*.json' },
  { scheme: 'file', language: 'python' },
  ...SCRIPT_LANGUAGES.map((language) => ({ scheme: 'file', language })),
];

/** Tells the server that this editor understands the messages of schemas/protocol.schema.json. */
const announceProtocol: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...capabilities.experimental, runagent: { version: 1 } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

/** A language client that leaves it to the controller to tell people about the server's end, and traces no secrets. */
class QuietClient extends LanguageClient {
  constructor(
    start: ServerOptions,
    options: LanguageClientOptions,
    private readonly sealed: SealedParams,
  ) {
    super('runagent', 'RunAgent', start, options);
  }

  protected override async createMessageTransports(encoding: string): Promise<MessageTransports> {
    const { writer, ...transports } = await super.createMessageTransports(encoding);
    const opening = {
      onError: writer.onError,
      onClose: writer.onClose,
      write: (message: Parameters<typeof writer.write>[0]) => writer.write(this.sealed.open(message)),
      end: () => writer.end(),
      dispose: () => writer.dispose(),
    };
    return { ...transports, writer: opening };
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** One language client on one server process. It is used once: the next server gets a new session. */
export class LanguageSession implements Session, AgentServer {
  readonly #client: LanguageClient;
  readonly #sealed = new SealedParams();
  #process: ServerProcess | undefined;
  #stopping = false;

  constructor(
    plan: LaunchPlan,
    channel: vscode.LogOutputChannel,
    listener: ServerListener,
    private readonly died: () => void,
  ) {
    const start = async () => {
      this.#process = await ServerProcess.start(plan, vscode.l10n.t);
      return this.#process.child;
    };
    this.#client = new QuietClient(start, this.#options(channel), this.#sealed);
    this.#client.registerFeature(announceProtocol);
    for (const method of Object.values(SERVER_NOTIFICATIONS)) {
      this.#client.onNotification(method, (params) => listener[method](params));
    }
  }

  async start(): Promise<void> {
    try {
      // When the process ends before it has answered, `start` resolves all the same, because the client has forgotten
      // its own promise by then. Asked again meanwhile, it hands out that promise, and that one is rejected.
      await withDeadline(START_LIMIT_MS, () => Promise.all([this.#client.start(), this.#client.start()]));
    } catch (error) {
      const lastWords = (await this.#process?.lastWords(LAST_WORDS_LIMIT_MS))?.at(-1);
      const cause = lastWords ?? (error instanceof DeadlineError ? noAnswer(error) : messageOf(error));
      throw new Error(vscode.l10n.t('The RunAgent server did not start: {0}', cause));
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // A client that never came up, or is gone already, rejects here; the process is ended all the same.
    await this.#client.dispose(STOP_LIMIT_MS).catch(() => undefined);
    await this.#process?.end(STOP_LIMIT_MS);
  }

  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result']> {
    return this.#client.sendRequest<Requests[M]['result']>(method, params).catch((error: unknown) => {
      if (!this.#stopping) throw error;
      throw new Error(vscode.l10n.t('The RunAgent server was stopped before it had answered.'));
    });
  }

  notify<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): void {
    const shown = SECRET.has(method) ? this.#sealed.seal({ ...params }) : params;
    // A server that is gone needs no acknowledgement.
    void this.#client.sendNotification(method, shown).catch(() => undefined);
  }

  /** Files or folders that are gone, as the client itself would tell of those that it watches. */
  deleted(uri: string): void {
    const changes = [{ uri, type: FileChangeType.Deleted }];
    void this.#client.sendNotification('workspace/didChangeWatchedFiles', { changes }).catch(() => undefined);
  }

  #options(channel: vscode.LogOutputChannel): LanguageClientOptions {
    return {
      documentSelector: DOCUMENTS,
      outputChannel: channel,
      traceOutputChannel: channel,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticPullOptions: {
        onChange: true,
        onSave: true,
        onTabs: false,
        filter: ({ languageId }) => SCRIPT_LANGUAGES.includes(languageId),
      },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          // Restarting is the controller's decision, not the client's.
          if (!this.#stopping) this.died();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }
}

function noAnswer({ milliseconds }: DeadlineError): string {
  return vscode.l10n.t('no answer within {0} s', milliseconds / 1000);
}
