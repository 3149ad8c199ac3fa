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

  constructor(server: () => Promise<AgentServer>, { served, onDidChange }: ServedSource) {
    this.agents = new AgentsView(served);
    this.runs = new RunsView(server);
    const follow = onDidChange(() => this.agents.servedChanged());
    this.#registration = vscode.Disposable.from(follow, this.agents, this.runs);
  }

  projectsChanged(projects: readonly Project[]): void {
    this.agents.projectsChanged(projects);
    this.runs.projectsChanged(projects);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
