import * as vscode from 'vscode';
import { historyWords } from '../commands/history_words';
import { type EntrypointRuns, RunGroups, type RunsNode } from '../history/run_groups';
import { type RowContext, runsRow } from '../history/runs_tree';
import type { AgentServer } from '../server/agent_server';
import type { Project } from '../server/protocol.generated';
import { treeItem } from './tree_item';

const { l10n } = vscode;

/** Several runs that end together are one change. */
const SETTLE_MS = 250;
/** How old what is shown may be: the times that rows say, and runs of other windows and of terminals. */
const REFRESH_MS = 60_000;

/** The history of runs, by agent and entrypoint. */
export class RunsView implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<RunsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #groups: RunGroups;
  readonly #view: vscode.TreeView<RunsNode>;
  readonly #clock: ReturnType<typeof setInterval>;
  #projects: readonly Project[] = [];
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(server: () => Promise<AgentServer>) {
    this.#groups = new RunGroups(server);
    this.#view = vscode.window.createTreeView<RunsNode>('runagent.runs', {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#clock = setInterval(() => {
      if (this.#view.visible) this.refresh();
    }, REFRESH_MS);
  }

  dispose(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#settling);
    this.#view.dispose();
    this.#changed.dispose();
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Runs began, ended, were pinned or deleted. */
  historyChanged(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.refresh(), SETTLE_MS);
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#projects = projects;
    this.refresh();
  }

  /** Lists more runs of an entrypoint. */
  more(parent: EntrypointRuns): void {
    this.#groups.more(parent);
    this.#changed.fire(parent);
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node === undefined)
      return await this.#groups.agents(this.#projects.map(({ configUri }) => configUri));
    if (node.kind === 'agentRuns') return [...node.groups];
    return node.kind === 'entrypointRuns' ? await this.#groups.runs(node) : [];
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    const item = treeItem(runsRow(node, this.#rows()));
    if (node.kind === 'run') {
      item.command = { title: l10n.t('Open Transcript'), command: 'runagent.runs.open', arguments: [node] };
    } else if (node.kind === 'more') {
      item.command = { title: l10n.t('Older Runs'), command: 'runagent.runs.more', arguments: [node] };
    }
    return item;
  }

  #rows(): RowContext {
    return {
      projects: this.#projects,
      words: historyWords(),
      translate: l10n.t,
      locale: vscode.env.language,
      now: Date.now() / 1000,
      folderOf: (configUri) =>
        vscode.workspace.asRelativePath(vscode.Uri.joinPath(vscode.Uri.parse(configUri), '..')),
    };
  }
}
