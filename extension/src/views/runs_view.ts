import * as vscode from 'vscode';
import { isEmpty, type RunFilter, writeFilter } from '../history/run_filter';
import { type EntrypointRuns, MOST_FOUND, RunGroups, type RunsNode } from '../history/run_groups';
import type { AgentServer } from '../server/agent_server';
import { messageOf } from '../server/controller';
import type { Project } from '../server/protocol.generated';
import { ServerStoppedError } from '../server/server_access';
import { historyWords } from './history_words';
import { type RowContext, runsRow } from './runs_tree';
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
  readonly #watches: vscode.Disposable;
  #projects: readonly Project[] = [];
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(server: () => Promise<AgentServer>) {
    this.#groups = new RunGroups(server);
    this.#view = vscode.window.createTreeView<RunsNode>('runagent.runs', {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#clock = setInterval(() => this.#refreshIfSeen(), REFRESH_MS);
    this.#watches = vscode.Disposable.from(
      this.#view.onDidChangeVisibility(() => this.#refreshIfSeen()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#refreshIfSeen();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('runagent.history')) this.historyChanged();
      }),
    );
  }

  dispose(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#settling);
    this.#watches.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  get filter(): RunFilter {
    return this.#groups.filter;
  }

  /** What is selected, for commands that are called by a key. */
  get selection(): readonly RunsNode[] {
    return this.#view.selection;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Lists only the runs that fit. */
  async show(filter: RunFilter): Promise<void> {
    this.#groups.filter = filter;
    const typed = writeFilter(filter);
    this.#view.description = typed;
    await vscode.commands.executeCommand('setContext', 'runagent.isFiltered', typed !== '');
    this.refresh();
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
    if (node?.kind === 'agentRuns') return [...node.groups];
    try {
      if (node !== undefined) return node.kind === 'entrypointRuns' ? await this.#groups.runs(node) : [];
      const agents = await this.#groups.agents(this.#projects.map(({ configUri }) => configUri));
      await this.#say();
      return agents;
    } catch (error) {
      await vscode.commands.executeCommand('setContext', 'runagent.hasReadRuns', false);
      // That there is no server is said by the view's welcome.
      this.#view.message = error instanceof ServerStoppedError ? '' : messageOf(error);
      return [];
    }
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

  /** Above the rows: how many were found, and that new runs are not kept. */
  async #say(): Promise<void> {
    const { recording, shown, filter } = this.#groups;
    await vscode.commands.executeCommand('setContext', 'runagent.isHistoryOff', !recording);
    await vscode.commands.executeCommand('setContext', 'runagent.hasReadRuns', true);
    const found =
      shown >= MOST_FOUND && filter.text !== '' ? l10n.t('The newest {0} are listed.', shown) : '';
    const off = recording || shown === 0 ? '' : l10n.t('New runs are not kept: the history is off.');
    const counted = isEmpty(filter) || shown === 0 ? '' : l10n.t('Runs that fit the filter: {0}.', shown);
    this.#view.message = [counted, found, off].filter((sentence) => sentence !== '').join(' ');
  }

  #refreshIfSeen(): void {
    if (this.#view.visible) this.refresh();
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
