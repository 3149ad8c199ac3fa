import * as vscode from 'vscode';
import { rerunOf } from '../history/rerun';
import { startedAt } from '../history/run_item';
import { comparableText, readRun, transcriptText } from '../history/transcript_text';
import type { AgentServer } from '../server/agent_server';
import type { HistorySummary } from '../server/protocol.generated';
import type { TextDocuments } from '../views/text_documents';
import { mayRun, serverWithProgress } from './entrypoint_pick';
import { pickRun } from './history_pick';
import { transcriptWords } from './history_words';
import { settingsButton, showInformation } from './notify';
import type { RunStarter } from './run_starter';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

export interface HistoryParts {
  readonly server: () => Promise<AgentServer>;
  readonly starter: RunStarter;
  readonly documents: TextDocuments;
}

type Act = (server: AgentServer, run: HistorySummary) => Promise<void>;

/** Show Run History, and what can be done with a run of it. */
export class HistoryCommands implements vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(private readonly parts: HistoryParts) {
    this.#registration = vscode.commands.registerCommand('runagent.showHistory', () => this.#show());
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async #show(): Promise<void> {
    if (!historyIsOn()) return;
    try {
      const server = await serverWithProgress(this.parts.server);
      const run = await pickRun(server, l10n.t('Type to search inputs, outputs and errors'));
      if (run === undefined) return;
      const act = await this.#pickAction(run);
      await act?.(server, run);
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
      { label: l10n.t('$(export) Export…'), act: (server, it) => exportRun(server, it) },
      { label: l10n.t('$(trash) Delete…'), act: (server, it) => deleteRun(server, it) },
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
    const other = await pickRun(server, l10n.t('Run to compare {0} with', titleOf(run)), run.historyId);
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

function historyIsOn(): boolean {
  if (vscode.workspace.getConfiguration('runagent').get('history.enabled') !== false) return true;
  const message = l10n.t(
    'The history of runs is off. Runs of before are kept and listed once it is on again.',
  );
  void showInformation(message, settingsButton('runagent.history.enabled'));
  return false;
}

/** Reading a long run takes a moment; the status bar says so. */
function reading<T>(read: () => Promise<T>): Thenable<T> {
  const options = {
    location: vscode.ProgressLocation.Window,
    title: l10n.t('RunAgent: reading the history'),
  };
  return vscode.window.withProgress(options, read);
}

async function exportRun(server: AgentServer, run: HistorySummary): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${run.tag.replace(/[^\w.-]/g, '_')}-${run.historyId}.md`;
  const uri = await vscode.window.showSaveDialog({
    title: l10n.t('Export Run'),
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { Markdown: ['md'], 'JSON Lines': ['jsonl'] },
  });
  if (uri === undefined) return;
  const format = uri.path.endsWith('.jsonl') ? 'jsonl' : 'markdown';
  await reading(() =>
    server.request('runagent/history/export', { historyIds: [run.historyId], format, uri: uri.toString() }),
  );
  const open = { label: l10n.t('Open'), run: () => vscode.window.showTextDocument(uri) };
  void showInformation(l10n.t('The run is exported.'), open);
}

async function deleteRun(server: AgentServer, run: HistorySummary): Promise<void> {
  const yes = l10n.t('Delete');
  const question = l10n.t('Delete the run {0} from the history?', titleOf(run));
  const detail = l10n.t('Its inputs and outputs are gone for good.');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
  if (answer !== yes) return;
  const { deleted } = await server.request('runagent/history/delete', { historyIds: [run.historyId] });
  void showInformation(
    deleted > 0 ? l10n.t('The run is deleted.') : l10n.t('The run was no longer in the history.'),
  );
}

function titleOf(run: HistorySummary): string {
  return `${run.tag}, ${startedAt(run, vscode.env.language)}`;
}
