import * as vscode from 'vscode';
import { caseComparison } from '../history/case_comparison';
import { chosenRuns } from '../history/run_groups';
import { comparableText, readRun } from '../history/transcript_text';
import { showQuickPick } from '../questions';
import { readReference } from '../runs/entrypoint_choice';
import type { AgentServer } from '../server/agent_server';
import type { HistorySummary } from '../server/protocol.generated';
import { caseWords, transcriptWords } from '../views/history_words';
import type { RunsView } from '../views/runs_view';
import type { TextDocuments } from '../views/text_documents';
import { pickEntrypoint } from './entrypoint_pick';
import { reading, titleOf } from './history_actions';
import { pickRun } from './history_pick';
import { showInformation } from './notify';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

export interface CompareParts {
  readonly server: () => Promise<AgentServer>;
  readonly documents: TextDocuments;
  readonly view: RunsView;
}

type Entrypoint = Pick<HistorySummary, 'configUri' | 'tag'>;

/** Comparisons in the editor's own view of differences: of two runs, and of a run with a saved case. */
export function registerCompareCommands(parts: CompareParts): vscode.Disposable {
  const on =
    (act: (server: AgentServer, runs: readonly HistorySummary[]) => Promise<void>) =>
    async (...called: unknown[]) => {
      const runs = chosenRuns(called, parts.view.selection);
      try {
        await act(await parts.server(), runs);
      } catch (error) {
        reportFailure(error);
      }
    };
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand(
      'runagent.runs.compare',
      on((server, runs) => compareChosen(parts, server, runs)),
    ),
    registerCommand(
      'runagent.runs.compareWithLatest',
      on((server, [run]) => compareWithLatest(parts, server, run)),
    ),
    registerCommand(
      'runagent.runs.compareWithCase',
      on((server, [run]) => compareWithCase(parts, server, run)),
    ),
    registerCommand('runagent.runs.compareLastWithCase', (argument) => compareLastWithCase(parts, argument)),
  );
}

/** The two runs that are selected; one that is alone with another that is picked. */
async function compareChosen(
  parts: CompareParts,
  server: AgentServer,
  [run, second, third]: readonly HistorySummary[],
): Promise<void> {
  if (run === undefined || third !== undefined) {
    void showInformation(l10n.t('Select one run or two to compare.'));
    return;
  }
  const other = second ?? (await pickOther(server, run));
  if (other !== undefined) await compare(parts, server, run, other);
}

function pickOther(server: AgentServer, run: HistorySummary): Promise<HistorySummary | undefined> {
  const placeholder = l10n.t('Run to compare {0} with', titleOf(run));
  return pickRun(server, placeholder, run.historyId);
}

/** With the entrypoint's latest run; that one with the run before it. */
async function compareWithLatest(
  parts: CompareParts,
  server: AgentServer,
  run: HistorySummary | undefined,
): Promise<void> {
  if (run === undefined) return;
  const newest = await latestRuns(server, run, 2);
  const other = newest.find(({ historyId }) => historyId !== run.historyId);
  if (other === undefined) void showInformation(l10n.t('{0} has no other run to compare with.', run.tag));
  else await compare(parts, server, run, other);
}

async function latestRuns(
  server: AgentServer,
  { configUri, tag }: Entrypoint,
  limit: number,
): Promise<readonly HistorySummary[]> {
  return (await server.request('runagent/history/list', { configUri, tag, limit })).runs;
}

async function compare(
  { documents }: CompareParts,
  server: AgentServer,
  run: HistorySummary,
  other: HistorySummary,
): Promise<void> {
  const [older, newer] = run.startedAt <= other.startedAt ? [run, other] : [other, run];
  const textOf = async ({ historyId, tag }: HistorySummary) => {
    const text = comparableText(await readRun(server, historyId), transcriptWords());
    return { key: `${historyId}-compared`, name: `${tag}.txt`, text };
  };
  const [left, right] = await reading(() => Promise.all([textOf(older), textOf(newer)]));
  if (left.text === right.text) {
    // Two equal sides would look like a comparison that did not work.
    void showInformation(
      l10n.t(
        'There is no difference: inputs, output and errors of both runs are the same, as far as they are kept.',
      ),
    );
    return;
  }
  await documents.compare(left, right, `${titleOf(older)} ↔ ${titleOf(newer)}`);
}

/** The last run of an entrypoint, which a row of a view names or a person picks. */
async function compareLastWithCase(parts: CompareParts, argument: unknown): Promise<void> {
  try {
    const server = await parts.server();
    const entrypoint = await entrypointOf(server, argument);
    if (entrypoint === undefined) return;
    const [run] = await latestRuns(server, entrypoint, 1);
    if (run === undefined) void showInformation(l10n.t('No run of {0} is kept yet.', entrypoint.tag));
    else await compareWithCase(parts, server, run);
  } catch (error) {
    reportFailure(error);
  }
}

async function entrypointOf(server: AgentServer, argument: unknown): Promise<Entrypoint | undefined> {
  const named = readReference(argument);
  if (named !== undefined) return named;
  const { projects } = await server.request('runagent/projects', {});
  return await pickEntrypoint(projects, l10n.t('Entrypoint whose last run to compare'));
}

async function compareWithCase(
  { documents }: CompareParts,
  server: AgentServer,
  run: HistorySummary | undefined,
): Promise<void> {
  if (run === undefined) return;
  const chosen = await pickCase(server, run);
  if (chosen === undefined) return;
  const { uri, name } = chosen;
  const [saved, stored] = await reading(() =>
    Promise.all([server.request('runagent/cases/get', { uri }), readRun(server, run.historyId)]),
  );
  const texts = caseComparison(saved, stored, caseWords());
  if (texts.saved === texts.run) {
    void showInformation(l10n.t('There is no difference between the run and the case {0}.', name));
    return;
  }
  await documents.compare(
    { key: `${uri}-compared`, name: `${name}.txt`, text: texts.saved },
    { key: `${run.historyId}-with-case`, name: `${run.tag}.txt`, text: texts.run },
    l10n.t('Case {0} ↔ {1}', name, titleOf(run)),
  );
}

/** A saved case of the entrypoint; the only one without asking. */
async function pickCase(
  server: AgentServer,
  { configUri, tag }: Entrypoint,
): Promise<{ readonly uri: string; readonly name: string } | undefined> {
  const all = configUri === null ? [] : (await server.request('runagent/cases', { configUri })).cases;
  const own = all.filter((saved) => saved.tag === tag);
  if (own.length === 0) {
    void showInformation(l10n.t('There is no saved case of {0} yet: save a run as one first.', tag));
  }
  if (own.length < 2) return own[0];
  const items = own.map((saved) => ({
    label: saved.name,
    ...(saved.description === null ? {} : { description: saved.description }),
    saved,
  }));
  const options = { placeHolder: l10n.t('Case to compare with'), matchOnDescription: true };
  return (await showQuickPick(items, options))?.saved;
}
