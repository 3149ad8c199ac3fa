import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import type { Project, SessionsResult } from '../server/protocol.generated';
import { ReadingTimes } from '../sessions/reading_times';
import { SessionLists } from '../sessions/session_lists';

/**
 * Where the agent runtime keeps sessions in an agent's folder. The folders too: of those that are made at once, one in
 * the other, only the outermost may be told.
 */
const KEPT = '**/{.runagent,.runagent/runtime,.runagent/runtime/**,.runagent/runtime.sqlite*}';

/** The sessions of the agents of the workspace, read again when their files change and while they run. */
export class AgentSessions implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<string>();
  /** Tells of an agent whose list is another one. */
  readonly onDidChange = this.#changed.event;
  readonly #read = new vscode.EventEmitter<string>();
  /** Tells of an agent whose files have changed, after its list was read. */
  readonly onDidRead = this.#read.event;
  readonly #lists: SessionLists;
  readonly #times = new ReadingTimes((configUri) => void this.read(configUri));
  readonly #watch = vscode.workspace.createFileSystemWatcher(KEPT);
  #projects: readonly Project[] = [];

  constructor(server: () => Promise<AgentServer>, log: vscode.LogOutputChannel) {
    this.#lists = new SessionLists(
      server,
      (configUri) => this.#changed.fire(configUri),
      (error) => log.warn(`The sessions of an agent could not be listed: ${error}`),
    );
    for (const happened of [this.#watch.onDidCreate, this.#watch.onDidChange, this.#watch.onDidDelete]) {
      happened((uri) => this.#touched(uri.toString()));
    }
  }

  of(configUri: string): SessionsResult | undefined {
    return this.#lists.of(configUri);
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#projects = projects;
    this.#lists.keep(projects.map(({ configUri }) => configUri));
    for (const { configUri } of projects) {
      this.#times.saved(configUri);
      void this.read(configUri);
    }
  }

  async read(configUri: string): Promise<void> {
    await this.#lists.read(configUri);
    this.#read.fire(configUri);
    const sessions = this.of(configUri)?.sessions ?? [];
    const isRunning = sessions.some(({ state }) => state === 'running');
    this.#times.wasRead(configUri, isRunning);
  }

  dispose(): void {
    this.#times.dispose();
    this.#watch.dispose();
    this.#changed.dispose();
    this.#read.dispose();
  }

  #touched(uri: string): void {
    for (const { configUri, rootUri } of this.#projects) {
      if (uri.startsWith(`${rootUri.replace(/\/$/, '')}/.runagent`)) this.#times.saved(configUri);
    }
  }
}
