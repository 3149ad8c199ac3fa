import * as vscode from 'vscode';
import { rerunOf } from '../history/rerun';
import type { MoreNode, RunNode } from '../history/run_groups';
import { comparableText, readRun, transcriptText } from '../history/transcript_text';
import type { AgentServer } from '../server/agent_server';
import type { HistorySummary } from '../server/protocol.generated';
import type { RunsView } from '../views/runs_view';
import type { TextDocuments } from '../views/text_documents';
import { mayRun, serverWithProgress } from './entrypoint_pick';
import { deleteAllRuns, deleteRun, exportRuns, reading, titleOf, togglePin } from './history_actions';
import { type ListButton, pickRun, pickRuns } from './history_pick';
import { transcriptWords } from './history_words';
import { showInformation } from './notify';
import type { RunStarter } from './run_starter';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

export interface HistoryParts {
  readonly server: () => Promise<AgentServer>;
  readonly starter: RunStarter;
  readonly documents: TextDocuments;
  readonly view: RunsView;
}

type Act = (server: AgentServer, run: HistorySummary) => Promise<void>;

/** Show Run History, and what can be done with a run of it. */
export class HistoryCommands implements vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(private readonly parts: HistoryParts) {
    const { view } = parts;
    this.#registration = vscode.Disposable.from(
      vscode.commands.registerCommand('runagent.showHistory', () => this.#show()),
      vscode.commands.registerCommand('runagent.runs.refresh', () => view.refresh()),
      vscode.commands.registerCommand('runagent.runs.more', (node: MoreNode) => view.more(node.parent)),
      vscode.commands.registerCommand('runagent.runs.open', (node: RunNode) => this.#openNode(node)),
    );
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async #show(): Promise<void> {
    try {
      const server = await serverWithProgress(this.parts.server);
      const buttons = listButtons(server);
      const run = await pickRun(server, l10n.t('Type to search inputs, outputs and errors'), { buttons });
      if (run === undefined) return;
      const act = await this.#pickAction(run);
      await act?.(server, run);
    } catch (error) {
      reportFailure(error);
    }
  }

  async #openNode({ run }: RunNode): Promise<void> {
    try {
      await this.#open(await this.parts.server(), run);
    } catch (error) {
      reportFailure(error);
    }
  }

  async #pickAction(run: HistorySummary): Promise<Act | undefined> {
    const actions: (vscode.QuickPickItem & { readonly act: Act })[] = [
      { label: l10n.t('$(open-preview) Open Transcript'), act: (server, it) => this.#open(server, it) },
      {
        label: l10n.t('$(debug-rerun) Run Again with These Inputs'),
        act: (server, it) => this.#again(server, it),
      },
      { label: l10n.t('$(diff) Compare with Another Run…'), act: (server, it) => this.#compare(server, it) },
      { label: l10n.t('$(export) Export…'), act: (server, it) => exportRuns(server, [it]) },
      {
        label: run.pinned ? l10n.t('$(pinned) Unpin') : l10n.t('$(pin) Pin'),
        detail: run.pinned
          ? l10n.t('The limits of size and age hold for it again.')
          : l10n.t('Keep it until it is deleted, whatever its size and age.'),
        act: togglePin,
      },
      { label: l10n.t('$(trash) Delete…'), act: deleteRun },
    ];
    const placeHolder = l10n.t('What to do with this run');
    return (await vscode.window.showQuickPick(actions, { title: titleOf(run), placeHolder }))?.act;
  }

  async #open(server: AgentServer, run: HistorySummary): Promise<void> {
    const stored = await reading(() => readRun(server, run.historyId));
    const text = transcriptText(stored, transcriptWords(), vscode.env.language);
    await this.parts.documents.show({ key: run.historyId, name: `${run.tag} transcript.txt`, text });
  }

  async #again(server: AgentServer, run: HistorySummary): Promise<void> {
    if (!mayRun()) return;
    const [stored, { projects }] = await Promise.all([
      server.request('runagent/history/get', { historyId: run.historyId, limit: 0 }),
      server.request('runagent/projects', {}),
    ]);
    const rerun = rerunOf(stored, projects);
    if (rerun.kind === 'ready') await this.parts.starter.start(rerun.request);
    else if (rerun.kind === 'ask') {
      const { inputs, ...entrypoint } = rerun.request;
      await this.parts.starter.ask(entrypoint, inputs);
    } else {
      const message =
        rerun.reason === 'unknown-project'
          ? l10n.t('The agent of this run is not in the workspace: open its folder first.')
          : l10n.t('{0} is no longer an entrypoint of its agent.', run.tag);
      void showInformation(message);
    }
  }

  async #compare(server: AgentServer, run: HistorySummary): Promise<void> {
    const other = await pickRun(server, l10n.t('Run to compare {0} with', titleOf(run)), {
      leftOut: run.historyId,
    });
    if (other === undefined) return;
    const [older, newer] = run.startedAt <= other.startedAt ? [run, other] : [other, run];
    const texts = await reading(() =>
      Promise.all([older, newer].map(({ historyId }) => readRun(server, historyId))),
    );
    const [left, right] = texts.map((stored) => {
      const { historyId, tag } = stored.run.summary;
      return {
        key: `${historyId}-compared`,
        name: `${tag}.txt`,
        text: comparableText(stored, transcriptWords()),
      };
    });
    if (left === undefined || right === undefined) return;
    await this.parts.documents.compare(left, right, `${titleOf(older)} ↔ ${titleOf(newer)}`);
  }
}

/** What can be done with the history as a whole. */
function listButtons(server: AgentServer): readonly ListButton[] {
  const buttons = [
    {
      iconPath: new vscode.ThemeIcon('export'),
      tooltip: l10n.t('Export Several Runs…'),
      act: () => exportSeveral(server),
    },
    {
      iconPath: new vscode.ThemeIcon('trash'),
      tooltip: l10n.t('Delete All Runs…'),
      act: () => deleteAllRuns(server),
    },
  ];
  if (vscode.workspace.getConfiguration('runagent').get('history.enabled') !== false) return buttons;
  const setting = {
    iconPath: new vscode.ThemeIcon('gear'),
    tooltip: l10n.t('New runs are not kept: the history is off. Open its setting.'),
    act: async () => {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'runagent.history.enabled');
    },
  };
  return [setting, ...buttons];
}

async function exportSeveral(server: AgentServer): Promise<void> {
  const [first, ...others] = await pickRuns(server, l10n.t('Runs to export'));
  if (first !== undefined) await exportRuns(server, [first, ...others]);
}
