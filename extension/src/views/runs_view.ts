import * as vscode from 'vscode';
import { isEmpty, type RunFilter, writeFilter } from '../history/run_filter';
import { type EntrypointRuns, keyOf, MOST_FOUND, RunGroups, type RunsNode } from '../history/run_groups';
import type { AgentServer } from '../server/agent_server';
import { messageOf } from '../server/controller';
import type { Project } from '../server/protocol.generated';
import { ServerStoppedError } from '../server/server_access';
import { historyWords } from './history_words';
import { drawnRuns, type RowContext, runsRow } from './runs_tree';
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
  #reading: Promise<void> = Promise.resolve();
  /** A reading that has not begun yet: who asks now waits for it. */
  #next: Promise<void> | undefined;
  #hasRead = false;
  /** The entrypoints that the view has rows of: it knows them as the objects that they were then. */
  readonly #given = new Map<string, EntrypointRuns>();
  /** All rows as they were when the view was last told of them. */
  #told = '';

  /** `keepsSessions` knows which agents keep sessions of the agent runtime. */
  constructor(
    server: () => Promise<AgentServer>,
    private readonly keepsSessions: (configUri: string) => boolean,
  ) {
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

  /**
   * Reads what is listed again, and has it drawn when it is other than before. While rows are drawn anew a click on one
   * of them reaches nothing, so the view is told only then, and finds all of its rows read.
   */
  refresh(): Promise<void> {
    this.#next ??= this.#reading.then(() => {
      this.#next = undefined;
      this.#reading = this.#read();
      return this.#reading;
    });
    return this.#next;
  }

  /** Lists only the runs that fit. */
  async show(filter: RunFilter): Promise<void> {
    this.#groups.filter = filter;
    const typed = writeFilter(filter);
    this.#view.description = typed;
    await vscode.commands.executeCommand('setContext', 'runagent.isFiltered', typed !== '');
    await this.refresh();
  }

  /** Runs began, ended, were pinned or deleted. */
  historyChanged(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#refreshIfSeen(), SETTLE_MS);
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#projects = projects;
    this.#refreshIfSeen();
  }

  /** Lists more runs of an entrypoint. */
  async more(parent: EntrypointRuns): Promise<void> {
    await this.#groups.more(parent);
    this.#changed.fire(this.#given.get(keyOf(parent)) ?? parent);
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node === undefined) {
      // The first rows wait until they were read; all others are there.
      if (!this.#hasRead) await this.refresh();
      return [...this.#groups.agents];
    }
    if (node.kind === 'agentRuns') {
      for (const group of node.groups) this.#given.set(keyOf(group), group);
      return [...node.groups];
    }
    if (node.kind !== 'entrypointRuns') return [];
    try {
      return [...(await this.#groups.runs(node))];
    } catch (error) {
      await this.#sayWhy(error);
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

  async #read(): Promise<void> {
    try {
      await this.#groups.read(this.#projects.map(({ configUri }) => configUri));
      await this.#say();
    } catch (error) {
      await this.#sayWhy(error);
    }
    const drawn = drawnRuns(this.#groups, this.#rows());
    const isOther = this.#hasRead && drawn !== this.#told;
    this.#hasRead = true;
    this.#told = drawn;
    if (isOther) this.#changed.fire(undefined);
  }

  async #sayWhy(error: unknown): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'runagent.hasReadRuns', false);
    // That there is no server is said by the view's welcome.
    this.#view.message = error instanceof ServerStoppedError ? '' : messageOf(error);
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
    if (this.#view.visible) void this.refresh();
  }

  #rows(): RowContext {
    return {
      projects: this.#projects,
      words: historyWords(),
      translate: l10n.t,
      locale: vscode.env.language,
      now: Date.now() / 1000,
      keepsSessions: this.keepsSessions,
      folderOf: (configUri) =>
        vscode.workspace.asRelativePath(vscode.Uri.joinPath(vscode.Uri.parse(configUri), '..')),
    };
  }
}
