import * as vscode from 'vscode';
import { sessionWords } from '../panel/session_words';
import type { Project } from '../server/protocol.generated';
import type { ServedAgents } from '../serving/served_agents';
import type { AgentSessions } from './agent_sessions';
import {
  type AgentNode,
  type AgentsNode,
  agentNodes,
  agentRow,
  childrenOf,
  entrypointRow,
  nothingRow,
} from './agents_tree';
import { ProblemBadges } from './problem_badges';
import { type SessionNode, sessionRow, sessionsRow } from './sessions_tree';
import { treeItem } from './tree_item';
import type { TreeRow } from './tree_row';

const { l10n } = vscode;

/** The agents of the workspace with their entrypoints, how each is served, and what is wrong with it. */
export class AgentsView implements vscode.TreeDataProvider<AgentsNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<AgentsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #problems = new ProblemBadges(
    () => new Map(this.#agents.map(({ configUri, project }) => [configUri, project.rootUri])),
    () => this.#draw(),
  );
  readonly #view = vscode.window.createTreeView<AgentsNode>('runagent.agents', {
    treeDataProvider: this,
    showCollapseAll: true,
  });
  #agents: AgentNode[] = [];
  /** The agents as they were when the view was last told of them. */
  #told = '';
  /** Until it is known which agents there are, the view shows that it is busy. */
  #known: () => void = () => undefined;
  readonly #whenKnown = new Promise<void>((resolve) => {
    this.#known = resolve;
  });

  readonly #watches: vscode.Disposable;

  constructor(
    private readonly served: ServedAgents,
    private readonly sessions: AgentSessions,
  ) {
    this.#watches = vscode.Disposable.from(
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#say()),
      sessions.onDidChange((configUri) => this.#changed.fire(this.#agentOf(configUri))),
    );
  }

  dispose(): void {
    this.#watches.dispose();
    this.#view.dispose();
    this.#problems.dispose();
    this.#changed.dispose();
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#agents = agentNodes(projects);
    this.#known();
    this.#problems.recount();
    this.#say();
    this.#draw();
  }

  /** Nobody can say any more which agents there are. */
  serverStopped(): void {
    this.projectsChanged([]);
  }

  /** How an agent is served is other than before. */
  servedChanged(): void {
    this.#draw();
  }

  async getChildren(node?: AgentsNode): Promise<AgentsNode[]> {
    if (node !== undefined) return childrenOf(node, this.sessions.of(node.configUri));
    await this.#whenKnown;
    return this.#agents;
  }

  getParent(node: AgentsNode): AgentsNode | undefined {
    if (node.kind === 'agent') return undefined;
    const agent = this.#agentOf(node.configUri);
    if (node.kind !== 'session' || agent === undefined) return agent;
    return childrenOf(agent, this.sessions.of(node.configUri)).find(({ kind }) => kind === 'sessions');
  }

  getTreeItem(node: AgentsNode): vscode.TreeItem {
    if (node.kind === 'agent') return this.#agentItem(node);
    if (node.kind === 'sessions') return treeItem(sessionsRow(node, l10n.t));
    if (node.kind === 'session') return sessionItem(node);
    const item = treeItem(
      node.kind === 'entrypoint' ? entrypointRow(node, l10n.t) : nothingRow(node, l10n.t),
    );
    const isCode = node.kind === 'entrypoint';
    item.command = {
      title: isCode ? l10n.t('Open Code') : l10n.t('Open Configuration'),
      command: isCode ? 'runagent.agents.openCode' : 'runagent.agents.openConfig',
      arguments: [node],
    };
    return item;
  }

  /** Has the view drawn anew when it is other than before: meanwhile a click on a row reaches nothing. */
  #draw(): void {
    const drawn = JSON.stringify(this.#agents.map((agent) => [agent, this.#agentRow(agent)]));
    if (drawn === this.#told) return;
    this.#told = drawn;
    this.#changed.fire(undefined);
  }

  #say(): void {
    const restricted = !vscode.workspace.isTrusted && this.#agents.length > 0;
    this.#view.message = restricted
      ? l10n.t('Restricted Mode: agents are checked while you type, but not served and not run.')
      : '';
  }

  #agentItem(node: AgentNode): vscode.TreeItem {
    const item = treeItem(this.#agentRow(node));
    item.resourceUri = this.#problems.resource(node.configUri);
    return item;
  }

  #agentRow(node: AgentNode): TreeRow {
    const { configUri, project } = node;
    const folder = vscode.workspace.asRelativePath(vscode.Uri.parse(project.rootUri));
    return agentRow(node, folder, this.served.get(configUri), this.#problems.of(configUri), l10n.t);
  }

  #agentOf(configUri: string): AgentNode | undefined {
    return this.#agents.find((agent) => agent.configUri === configUri);
  }
}

function sessionItem(node: SessionNode): vscode.TreeItem {
  const context = { words: sessionWords(), locale: vscode.env.language, now: Date.now() / 1000 };
  const item = treeItem(sessionRow(node, context));
  item.command = { title: l10n.t('Show Session'), command: 'runagent.sessions.show', arguments: [node] };
  return item;
}
