import * as vscode from 'vscode';
import { startedAt } from '../history/run_item';
import type { AgentServer } from '../server/agent_server';
import type { HistoryDeleteParams, HistorySummary } from '../server/protocol.generated';
import { showInformation } from './notify';

const { l10n } = vscode;

/** How long a message stays in the status bar: the view shows what has changed. */
const SAID_MS = 5000;

/** Those that were selected, at least one. */
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

export async function deleteRuns(server: AgentServer, runs: Runs): Promise<void> {
  const question =
    runs.length === 1
      ? l10n.t('Delete the run {0} from the history?', titleOf(runs[0]))
      : l10n.t('Delete {0} runs from the history?', runs.length);
  const detail = l10n.t('Inputs and outputs are gone for good.');
  await deleteConfirmed(server, question, detail, { historyIds: runs.map(({ historyId }) => historyId) });
}

export async function deleteAllRuns(server: AgentServer): Promise<void> {
  const question = l10n.t('Delete all runs from the history?');
  const detail = l10n.t(
    'The inputs and outputs of every run, of all workspaces and pinned ones too, are gone for good.',
  );
  await deleteConfirmed(server, question, detail, { all: true });
}

/** Asks first, and says how many are gone. */
async function deleteConfirmed(
  server: AgentServer,
  question: string,
  detail: string,
  what: HistoryDeleteParams,
): Promise<void> {
  const yes = l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
  if (answer !== yes) return;
  const { deleted } = await server.request('runagent/history/delete', what);
  const message = deleted === 1 ? l10n.t('1 run is deleted.') : l10n.t('{0} runs are deleted.', deleted);
  vscode.window.setStatusBarMessage(message, SAID_MS);
}

/** Spares runs from the limits of size and age, or no longer. */
export async function pinRuns(server: AgentServer, runs: Runs, pinned: boolean): Promise<void> {
  for (const { historyId } of runs) await server.request('runagent/history/pin', { historyId, pinned });
  const message = pinned
    ? l10n.t('Pinned: kept until it is deleted.')
    : l10n.t('No longer pinned: goes when the history grows too large or too old.');
  vscode.window.setStatusBarMessage(message, SAID_MS);
}

export function titleOf(run: HistorySummary): string {
  return `${run.tag}, ${startedAt(run, vscode.env.language)}`;
}
