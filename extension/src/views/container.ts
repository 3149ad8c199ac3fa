import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import type { Project } from '../server/protocol.generated';
import type { ServedAgents } from '../serving/served_agents';
import { AgentSessions } from './agent_sessions';
import { AgentsView } from './agents_view';
import { RunsView } from './runs_view';

/** What the views follow of served agents. */
export interface ServedSource {
  readonly served: ServedAgents;
  readonly onDidChange: vscode.Event<void>;
}

/** What the container RunAgent of the activity bar holds. */
export class Container implements vscode.Disposable {
  readonly sessions: AgentSessions;
  readonly agents: AgentsView;
  readonly runs: RunsView;
  readonly #registration: vscode.Disposable;

  constructor(
    server: () => Promise<AgentServer>,
    private readonly source: ServedSource,
    log: vscode.LogOutputChannel,
  ) {
    this.sessions = new AgentSessions(server, log);
    this.agents = new AgentsView(source.served, this.sessions);
    const { sessions } = this;
    this.runs = new RunsView(server, (configUri) => (sessions.of(configUri)?.sessions.length ?? 0) > 0);
    const follow = source.onDidChange(() => this.#servedChanged());
    // The rows of its runs are others once an agent keeps sessions.
    const followSessions = sessions.onDidChange(() => this.runs.historyChanged());
    this.#registration = vscode.Disposable.from(
      follow,
      followSessions,
      this.agents,
      this.runs,
      this.sessions,
    );
  }

  projectsChanged(projects: readonly Project[]): void {
    this.agents.projectsChanged(projects);
    this.runs.projectsChanged(projects);
    this.sessions.projectsChanged(projects);
    // Only now may it be said that there is no agent.
    void vscode.commands.executeCommand('setContext', 'runagent.hasLooked', true);
  }

  /** Whether the language server has stopped, after which there is nothing to show. */
  serverChanged(isStopped: boolean): void {
    void vscode.commands.executeCommand('setContext', 'runagent.isStopped', isStopped);
    if (!isStopped) return;
    this.agents.serverStopped();
    this.runs.projectsChanged([]);
  }

  /** A run of this window has ended: the walkthrough ticks its step. */
  runEnded(): void {
    void vscode.commands.executeCommand('setContext', 'runagent.hasRun', true);
  }

  #servedChanged(): void {
    this.agents.servedChanged();
    if (this.source.served.isAnyUp) {
      void vscode.commands.executeCommand('setContext', 'runagent.hasServed', true);
    }
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
