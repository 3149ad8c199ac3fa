import * as vscode from 'vscode';
import { rerunOf } from '../history/rerun';
import { NO_FILTER } from '../history/run_filter';
import { type MoreNode, selectedRuns } from '../history/run_groups';
import { readRun, transcriptText } from '../history/transcript_text';
import type { AgentServer } from '../server/agent_server';
import type { HistorySummary } from '../server/protocol.generated';
import { transcriptWords } from '../views/history_words';
import { type CompareParts, registerCompareCommands } from './compare_commands';
import { mayRun } from './entrypoint_pick';
import { deleteAllRuns, deleteRuns, exportRuns, pinRuns, reading } from './history_actions';
import { showInformation } from './notify';
import type { RunStarter } from './run_starter';
import { filterRuns, showRunsOf } from './runs_filter';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

export interface HistoryParts extends CompareParts {
  readonly starter: RunStarter;
}

/** What is done with runs of the history; the arguments are those of a view's menu: the row, and what is selected. */
type Act = (server: AgentServer, runs: readonly [HistorySummary, ...HistorySummary[]]) => Promise<void>;

/** The view of runs, and what can be done with the runs that are selected there. */
export function registerHistoryCommands(parts: HistoryParts): vscode.Disposable {
  const { view, server } = parts;
  const withRuns = (act: Act) => (clicked: unknown, selected: unknown) =>
    onRuns(parts, selectedRuns(clicked, selected, view.selection), act);
  const commands = vscode.commands;
  return vscode.Disposable.from(
    commands.registerCommand('runagent.showHistory', () => commands.executeCommand('runagent.runs.focus')),
    commands.registerCommand('runagent.runs.refresh', () => view.refresh()),
    commands.registerCommand('runagent.runs.filter', () => filterRuns(server, view)),
    commands.registerCommand('runagent.runs.clearFilter', () => view.show(NO_FILTER)),
    commands.registerCommand('runagent.runs.showOf', (entrypoint) => showRunsOf(view, entrypoint)),
    commands.registerCommand('runagent.runs.more', (node: MoreNode) => view.more(node.parent)),
    commands.registerCommand(
      'runagent.runs.open',
      withRuns((ready, runs) => open(parts, ready, runs)),
    ),
    commands.registerCommand(
      'runagent.runs.again',
      withRuns((ready, [run]) => again(parts, ready, run)),
    ),
    commands.registerCommand(
      'runagent.runs.edit',
      withRuns((ready, [run]) => edit(parts, ready, run)),
    ),
    commands.registerCommand(
      'runagent.runs.debug',
      withRuns((ready, [run]) => debug(ready, run)),
    ),
    commands.registerCommand(
      'runagent.runs.pin',
      withRuns((ready, runs) => pinRuns(ready, runs, true)),
    ),
    commands.registerCommand(
      'runagent.runs.unpin',
      withRuns((ready, runs) => pinRuns(ready, runs, false)),
    ),
    commands.registerCommand('runagent.runs.export', withRuns(exportRuns)),
    commands.registerCommand('runagent.runs.delete', withRuns(deleteRuns)),
    commands.registerCommand('runagent.runs.deleteAll', () => all(server, deleteAllRuns)),
    registerCompareCommands(parts),
  );
}

async function onRuns(
  { server }: HistoryParts,
  [first, ...others]: readonly HistorySummary[],
  act: Act,
): Promise<void> {
  if (first === undefined) {
    void showInformation(l10n.t('Select a run in the view of runs first.'));
    return;
  }
  await all(server, (ready) => act(ready, [first, ...others]));
}

async function all(
  server: () => Promise<AgentServer>,
  act: (server: AgentServer) => Promise<void>,
): Promise<void> {
  try {
    await act(await server());
  } catch (error) {
    reportFailure(error);
  }
}

async function open(
  { documents }: HistoryParts,
  server: AgentServer,
  runs: readonly HistorySummary[],
): Promise<void> {
  for (const { historyId, tag } of runs) {
    const stored = await reading(() => readRun(server, historyId));
    const text = transcriptText(stored, transcriptWords(), vscode.env.language);
    await documents.show({ key: historyId, name: `${tag} transcript.txt`, text });
  }
  // A command that the row of a view runs is none that completes a step of the walkthrough.
  void vscode.commands.executeCommand('setContext', 'runagent.hasLookedBack', true);
}

/** Runs again with the same inputs; asks for those that were not kept. */
async function again({ starter }: HistoryParts, server: AgentServer, run: HistorySummary): Promise<void> {
  const rerun = await rerunnable(server, run);
  if (rerun?.kind === 'ready') await starter.start(rerun.request);
  else if (rerun !== undefined) await askFirst(starter, rerun);
}

async function edit({ starter }: HistoryParts, server: AgentServer, run: HistorySummary): Promise<void> {
  const rerun = await rerunnable(server, run);
  if (rerun !== undefined) await askFirst(starter, rerun);
}

/** Debugs with the same inputs; asks for those that were not kept. */
async function debug(server: AgentServer, run: HistorySummary): Promise<void> {
  const rerun = await rerunnable(server, run);
  if (rerun === undefined) return;
  const { configUri, tag, inputs } = rerun.request;
  const edit = rerun.kind === 'ask';
  await vscode.commands.executeCommand('runagent.debug', { configUri, tag, inputs, edit });
}

type Possible = Exclude<ReturnType<typeof rerunOf>, { kind: 'impossible' }>;

async function askFirst(starter: RunStarter, { request }: Possible): Promise<void> {
  const { inputs, ...entrypoint } = request;
  await starter.ask(entrypoint, inputs);
}

/** How the run is run again; says why it cannot be. */
async function rerunnable(server: AgentServer, run: HistorySummary): Promise<Possible | undefined> {
  if (!mayRun()) return undefined;
  const [stored, { projects }] = await Promise.all([
    server.request('runagent/history/get', { historyId: run.historyId, limit: 0 }),
    server.request('runagent/projects', {}),
  ]);
  const rerun = rerunOf(stored, projects);
  if (rerun.kind !== 'impossible') return rerun;
  const message =
    rerun.reason === 'unknown-project'
      ? l10n.t('The agent of this run is not in the workspace: open its folder first.')
      : l10n.t('{0} is no longer an entrypoint of its agent.', run.tag);
  void showInformation(message);
  return undefined;
}
