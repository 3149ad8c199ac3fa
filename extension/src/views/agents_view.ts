import * as vscode from 'vscode';
import type { Project } from '../server/protocol.generated';
import type { ServedAgents } from '../serving/served_agents';
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
import { treeItem } from './tree_item';

const { l10n } = vscode;

/** The agents of the workspace with their entrypoints, how each is served, and what is wrong with it. */
export class AgentsView implements vscode.TreeDataProvider<AgentsNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<AgentsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #problems = new ProblemBadges(
    () => new Map(this.#agents.map(({ configUri, project }) => [configUri, project.rootUri])),
    () => this.#changed.fire(undefined),
  );
  readonly #view = vscode.window.createTreeView<AgentsNode>('runagent.agents', {
    treeDataProvider: this,
    showCollapseAll: true,
  });
  #agents: AgentNode[] = [];
  /** Until it is known which agents there are, the view shows that it is busy. */
  #known: () => void = () => undefined;
  readonly #whenKnown = new Promise<void>((resolve) => {
    this.#known = resolve;
  });

  readonly #trust: vscode.Disposable;

  constructor(private readonly served: ServedAgents) {
    this.#trust = vscode.workspace.onDidGrantWorkspaceTrust(() => this.#say());
  }

  dispose(): void {
    this.#trust.dispose();
    this.#view.dispose();
    this.#problems.dispose();
    this.#changed.dispose();
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#agents = agentNodes(projects);
    this.#known();
    this.#problems.recount();
    this.#say();
    this.#changed.fire(undefined);
  }

  /** Nobody can say any more which agents there are. */
  serverStopped(): void {
    this.projectsChanged([]);
  }

  /** How an agent is served is other than before. */
  servedChanged(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(node?: AgentsNode): Promise<AgentsNode[]> {
    if (node !== undefined) return childrenOf(node);
    await this.#whenKnown;
    return this.#agents;
  }

  getParent(node: AgentsNode): AgentsNode | undefined {
    return node.kind === 'agent' ? undefined : this.#agentOf(node.configUri);
  }

  getTreeItem(node: AgentsNode): vscode.TreeItem {
    if (node.kind === 'agent') return this.#agentItem(node);
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

  #say(): void {
    const restricted = !vscode.workspace.isTrusted && this.#agents.length > 0;
    this.#view.message = restricted
      ? l10n.t('Restricted Mode: agents are checked while you type, but not served and not run.')
      : '';
  }

  #agentItem(node: AgentNode): vscode.TreeItem {
    const { configUri } = node;
    const folder = vscode.workspace.asRelativePath(vscode.Uri.parse(node.project.rootUri));
    const served = this.served.get(configUri);
    const item = treeItem(agentRow(node, folder, served, this.#problems.of(configUri), l10n.t));
    item.resourceUri = this.#problems.resource(configUri);
    return item;
  }

  #agentOf(configUri: string): AgentNode | undefined {
    return this.#agents.find((agent) => agent.configUri === configUri);
  }
}
