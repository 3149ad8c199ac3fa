import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import type { Project } from '../server/protocol.generated';
import type { ServedAgents } from '../serving/served_agents';
import { AgentsView } from './agents_view';
import { RunsView } from './runs_view';

/** What the views follow of served agents. */
export interface ServedSource {
  readonly served: ServedAgents;
  readonly onDidChange: vscode.Event<void>;
}

/** What the container RunAgent of the activity bar holds. */
export class Container implements vscode.Disposable {
  readonly agents: AgentsView;
  readonly runs: RunsView;
  readonly #registration: vscode.Disposable;

  constructor(
    server: () => Promise<AgentServer>,
    private readonly source: ServedSource,
  ) {
    this.agents = new AgentsView(source.served);
    this.runs = new RunsView(server);
    const follow = source.onDidChange(() => this.#servedChanged());
    this.#registration = vscode.Disposable.from(follow, this.agents, this.runs);
  }

  projectsChanged(projects: readonly Project[]): void {
    this.agents.projectsChanged(projects);
    this.runs.projectsChanged(projects);
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
