import * as vscode from 'vscode';
import { startedAt } from '../history/run_item';
import type { AgentServer } from '../server/agent_server';
import type { HistoryDeleteParams, HistorySummary } from '../server/protocol.generated';
import { showInformation } from './notify';

const { l10n } = vscode;

/** Runs to export: one, or those that were picked. */
export type Runs = readonly [HistorySummary, ...HistorySummary[]];

/** Reading a long run takes a moment; the status bar says so. */
export function reading<T>(read: () => Promise<T>): Thenable<T> {
  const options = {
    location: vscode.ProgressLocation.Window,
    title: l10n.t('RunAgent: reading the history'),
  };
  return vscode.window.withProgress(options, read);
}

/** Writes runs to a file that the user names. */
export async function exportRuns(server: AgentServer, runs: Runs): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: runs.length === 1 ? l10n.t('Export Run') : l10n.t('Export {0} Runs', runs.length),
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName(runs)) }),
    filters: { Markdown: ['md'], 'JSON Lines': ['jsonl'] },
  });
  if (uri === undefined) return;
  const [first, ...others] = runs.map(({ historyId }) => historyId) as [string, ...string[]];
  const result = await reading(() =>
    server.request('runagent/history/export', {
      historyIds: [first, ...others],
      format: uri.path.endsWith('.jsonl') ? 'jsonl' : 'markdown',
      uri: uri.toString(),
    }),
  );
  const open = { label: l10n.t('Open'), run: () => vscode.window.showTextDocument(uri) };
  const done =
    result.runs === 1 ? l10n.t('The run is exported.') : l10n.t('{0} runs are exported.', result.runs);
  void showInformation(done, open);
}

function fileName(runs: Runs): string {
  const [{ tag, historyId }] = runs;
  return runs.length === 1 ? `${tag.replace(/[^\w.-]/g, '_')}-${historyId}.md` : 'runs.md';
}

export async function deleteRun(server: AgentServer, run: HistorySummary): Promise<void> {
  const question = l10n.t('Delete the run {0} from the history?', titleOf(run));
  const detail = l10n.t('Its inputs and outputs are gone for good.');
  const deleted = await deleteConfirmed(server, question, detail, { historyIds: [run.historyId] });
  if (deleted === undefined) return;
  void showInformation(
    deleted > 0 ? l10n.t('The run is deleted.') : l10n.t('The run was no longer in the history.'),
  );
}

export async function deleteAllRuns(server: AgentServer): Promise<void> {
  const question = l10n.t('Delete all runs from the history?');
  const detail = l10n.t(
    'The inputs and outputs of every run, of all workspaces and pinned ones too, are gone for good.',
  );
  const deleted = await deleteConfirmed(server, question, detail, { all: true });
  if (deleted === undefined) return;
  void showInformation(
    deleted === 1 ? l10n.t('1 run is deleted.') : l10n.t('{0} runs are deleted.', deleted),
  );
}

/** How many runs were deleted; undefined when the user did not want it. */
async function deleteConfirmed(
  server: AgentServer,
  question: string,
  detail: string,
  what: HistoryDeleteParams,
): Promise<number | undefined> {
  const yes = l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
  return answer === yes ? (await server.request('runagent/history/delete', what)).deleted : undefined;
}

/** Pins a run that is not, and unpins one that is. */
export async function togglePin(server: AgentServer, run: HistorySummary): Promise<void> {
  const { historyId } = run;
  const { pinned } = await server.request('runagent/history/pin', { historyId, pinned: !run.pinned });
  void showInformation(
    pinned
      ? l10n.t('The run is pinned: it is kept until you delete it.')
      : l10n.t('The run is no longer pinned: it goes when the history grows too large or too old.'),
  );
}

export function titleOf(run: HistorySummary): string {
  return `${run.tag}, ${startedAt(run, vscode.env.language)}`;
}
