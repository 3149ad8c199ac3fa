import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  type BatchOption,
  batchOptionRows,
  batchOptions,
  outputFor,
  readConcurrency,
  USUAL_CONCURRENCY,
} from '../batch/batch_choices';
import type { Batches } from '../batch/batches';
import { increment, type ProgressWords, progressText } from '../batch/progress_text';
import { reportText } from '../batch/report_text';
import { serveOptions } from '../python/agent_interpreter';
import { withDeadline } from '../python/deadline';
import { showInputBox, showQuickPick } from '../questions';
import type { EntrypointChoice } from '../runs/entrypoint_choice';
import type { AgentServer } from '../server/agent_server';
import type { BatchParams, BatchReport } from '../server/protocol.generated';
import type { TextDocuments } from '../views/text_documents';
import type { CloudGate } from './cloud_gate';
import { mayRun, pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import { showWarning } from './notify';
import { reportFailure } from './server_reports';
import { pickCloud } from './target_pick';

const { l10n } = vscode;
const CANCEL_LIMIT_MS = 10_000;

export interface BatchParts {
  readonly server: () => Promise<AgentServer>;
  readonly batches: Batches;
  readonly documents: TextDocuments;
  readonly gate: CloudGate;
}

/** Where the results go, and what with those that are there already. */
interface Output {
  readonly uri: vscode.Uri;
  readonly resume: boolean;
}

/** Run Batch: the inputs of a file through one entrypoint. */
export function registerBatchCommands(parts: BatchParts): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.runBatch', () => runBatch(parts));
}

async function runBatch(parts: BatchParts): Promise<void> {
  if (!mayRun()) return;
  try {
    const server = await serverWithProgress(parts.server);
    const { projects } = await server.request('runagent/projects', {});
    const chosen = await pickEntrypoint(projects, l10n.t('Entrypoint to run for each input'));
    const input = chosen && (await pickInput(chosen));
    const output = chosen && input && (await pickOutput(input, chosen.tag));
    if (!chosen || !input || !output) return;
    const calls = await askHowToCall(parts.gate, chosen.configUri);
    if (calls === undefined) return;
    const params: BatchParams = {
      runId: randomUUID(),
      configUri: chosen.configUri,
      tag: chosen.tag,
      inputUri: input.toString(),
      outputUri: output.uri.toString(),
      resume: output.resume,
      ...calls,
    };
    if (!output.resume) await removeOld(output.uri);
    const report = await withProgress(server, parts.batches, params);
    await showReport(parts, report, input, output.uri, params);
  } catch (error) {
    reportFailure(error);
  }
}

async function pickInput({ configUri }: EntrypointChoice): Promise<vscode.Uri | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('Inputs of the Batch'),
      openLabel: l10n.t('Use These Inputs'),
      defaultUri: vscode.Uri.joinPath(vscode.Uri.parse(configUri), '..'),
      filters: { [l10n.t('JSON Lines or CSV')]: ['jsonl', 'ndjson', 'csv'] },
    })) ?? [];
  return file;
}

async function pickOutput(input: vscode.Uri, tag: string): Promise<Output | undefined> {
  const usual = input.with({ path: outputFor(input.path, tag) });
  const name = vscode.workspace.asRelativePath(usual);
  const beside: vscode.QuickPickItem = { label: l10n.t('Beside the inputs'), description: name };
  const elsewhere: vscode.QuickPickItem = { label: l10n.t('Choose another place…') };
  const chosen = await showQuickPick([beside, elsewhere], {
    title: l10n.t('Run Batch'),
    placeHolder: l10n.t('Where to write the results'),
    ignoreFocusOut: true,
  });
  if (chosen === undefined) return undefined;
  const filters = { 'JSON Lines': ['jsonl'] };
  const uri = chosen === beside ? usual : await vscode.window.showSaveDialog({ defaultUri: usual, filters });
  return uri === undefined ? undefined : await withOldResults(uri);
}

/** Asks what is to become of results that are there already. */
async function withOldResults(uri: vscode.Uri): Promise<Output | undefined> {
  if (!(await exists(uri))) return { uri, resume: false };
  const resume: vscode.QuickPickItem = {
    label: l10n.t('Resume'),
    detail: l10n.t('Keep what is finished and run the rest.'),
  };
  const again: vscode.QuickPickItem = {
    label: l10n.t('Start over'),
    detail: l10n.t('Move these results to the trash and run every input again.'),
  };
  const chosen = await showQuickPick([resume, again], {
    title: l10n.t('Run Batch'),
    placeHolder: l10n.t('{0} holds results already', vscode.workspace.asRelativePath(uri)),
    ignoreFocusOut: true,
  });
  return chosen === undefined ? undefined : { uri, resume: chosen === resume };
}

/** Where the calls go, how many at once, and what is wanted of them. */
async function askHowToCall(gate: CloudGate, configUri: string): Promise<Partial<BatchParams> | undefined> {
  const cloud = await pickCloud(
    l10n.t('Run Batch'),
    l10n.t('Where to send the inputs'),
    l10n.t('The inputs leave this machine. The cloud runs the agent as it was deployed there.'),
  );
  if (cloud === undefined || (cloud && !(await gate.opensWithKey(configUri)))) return undefined;
  const concurrency = await askConcurrency();
  const options = concurrency === undefined ? undefined : await pickOptions();
  if (concurrency === undefined || options === undefined) return undefined;
  const where = cloud ? { target: { cloud } } : { serve: await serveOptions(configUri) };
  return { concurrency, ...batchOptions(options), ...where };
}

async function pickOptions(): Promise<readonly BatchOption[] | undefined> {
  const rows = batchOptionRows(l10n.t);
  const placeHolder = l10n.t('How to run the batch');
  const options = {
    title: l10n.t('Run Batch'),
    placeHolder,
    canPickMany: true as const,
    ignoreFocusOut: true,
  };
  return (await showQuickPick(rows, options))?.map(({ id }) => id);
}

async function askConcurrency(): Promise<number | undefined> {
  const problemOf = (text: string) => {
    const read = readConcurrency(text, l10n.t);
    return 'problem' in read ? read.problem : undefined;
  };
  const typed = await showInputBox({
    title: l10n.t('Run Batch: Calls at Once'),
    prompt: l10n.t('How many calls may go on at once'),
    value: String(USUAL_CONCURRENCY),
    validateInput: problemOf,
    ignoreFocusOut: true,
  });
  const read = typed === undefined ? undefined : readConcurrency(typed, l10n.t);
  return read !== undefined && 'value' in read ? read.value : undefined;
}

/** Old results would make the new batch a resumed one; they are not lost at once where there is a trash. */
async function removeOld(uri: vscode.Uri): Promise<void> {
  if (!(await exists(uri))) return;
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
  } catch {
    await vscode.workspace.fs.delete(uri);
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

function withProgress(server: AgentServer, batches: Batches, params: BatchParams): Thenable<BatchReport> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: params.target?.cloud
      ? l10n.t('Batch {0} in the cloud', params.tag)
      : l10n.t('Batch {0}', params.tag),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (progress, cancelled) => {
    let before = 0;
    cancelled.onCancellationRequested(() => {
      progress.report({ message: l10n.t('stopping; calls that go on are waited for') });
      void stop(server, params.runId);
    });
    return batches.listening(
      params.runId,
      (now) => {
        if (cancelled.isCancellationRequested) return;
        progress.report({ message: progressText(now, progressWords()), increment: increment(now, before) });
        before = now.done;
      },
      () => server.request('runagent/batch', params),
    );
  });
}

async function stop(server: AgentServer, runId: string): Promise<void> {
  try {
    await withDeadline(CANCEL_LIMIT_MS, () => server.request('runagent/cancel', { runId }));
  } catch {
    void showWarning(
      l10n.t(
        'The batch has not answered to the cancel yet. "RunAgent: Restart Language Server" ends it; results stay.',
      ),
    );
  }
}

async function showReport(
  { documents }: BatchParts,
  report: BatchReport,
  input: vscode.Uri,
  output: vscode.Uri,
  { target }: BatchParams,
): Promise<void> {
  const places = {
    inputs: vscode.workspace.asRelativePath(input),
    results: vscode.workspace.asRelativePath(output),
    agent: target?.cloud ? l10n.t('RunAgent Cloud') : l10n.t('the running agent'),
  };
  const name = l10n.t('{0} batch report', report.tag);
  await documents.show({
    key: report.runId,
    name: `${name}.txt`,
    text: reportText(report, places, l10n.t),
  });
}

function progressWords(): ProgressWords {
  return {
    done: l10n.t('{0} done', '{0}'),
    doneOf: l10n.t('{0} of {1} done', '{0}', '{1}'),
    failed: l10n.t('{0} failed', '{0}'),
    left: l10n.t('about {0} left', '{0}'),
    paused: l10n.t('waiting for the agent'),
  };
}
