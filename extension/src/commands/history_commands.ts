import * as vscode from 'vscode';
import { rerunOf } from '../history/rerun';
import { NO_FILTER } from '../history/run_filter';
import { chosenRuns, type MoreNode } from '../history/run_groups';
import { storedSession } from '../history/stored_session';
import { readRun, transcriptText } from '../history/transcript_text';
import { cancelStored } from '../runs/cancelling';
import type { Runs } from '../runs/runs';
import type { AgentServer } from '../server/agent_server';
import type { HistorySummary } from '../server/protocol.generated';
import { placeTold } from '../sessions/told_place';
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
  readonly runs: Runs;
}

/** What is done with runs of the history; the arguments are those of a view's menu: the row, and what is selected. */
type Act = (server: AgentServer, runs: readonly [HistorySummary, ...HistorySummary[]]) => Promise<void>;

/** The view of runs, and what can be done with the runs that are selected there. */
export function registerHistoryCommands(parts: HistoryParts): vscode.Disposable {
  const { view, server } = parts;
  const { registerCommand, executeCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand('runagent.showHistory', () => executeCommand('runagent.runs.focus')),
    registerCommand('runagent.runs.refresh', () => view.refresh()),
    registerCommand('runagent.runs.filter', () => filterRuns(server, view)),
    registerCommand('runagent.runs.clearFilter', () => view.show(NO_FILTER)),
    registerCommand('runagent.runs.showOf', (entrypoint) => showRunsOf(view, entrypoint)),
    registerCommand('runagent.runs.more', (node: MoreNode) => all(server, () => view.more(node.parent))),
    registerCommand('runagent.runs.deleteAll', () => all(server, deleteAllRuns)),
    registerRowCommands(parts),
    registerCompareCommands(parts),
  );
}

function registerRowCommands(parts: HistoryParts): vscode.Disposable {
  const registerCommand = (command: string, act: Act) =>
    vscode.commands.registerCommand(command, (...called: unknown[]) => onRuns(parts, called, act));
  return vscode.Disposable.from(
    registerCommand('runagent.runs.open', (ready, runs) => open(parts, ready, runs)),
    registerCommand('runagent.runs.again', (ready, [run]) => again(parts, ready, run)),
    registerCommand('runagent.runs.edit', (ready, [run]) => edit(parts, ready, run)),
    registerCommand('runagent.runs.debug', (ready, [run]) => debug(ready, run)),
    registerCommand('runagent.runs.cancel', (ready, [run]) => cancel(parts, ready, run)),
    registerCommand('runagent.runs.showSession', (ready, [run]) => showSession(ready, run)),
    registerCommand('runagent.runs.pin', (ready, runs) => pinRuns(ready, runs, true)),
    registerCommand('runagent.runs.unpin', (ready, runs) => pinRuns(ready, runs, false)),
    registerCommand('runagent.runs.export', exportRuns),
    registerCommand('runagent.runs.delete', deleteRuns),
  );
}

async function onRuns({ server, view }: HistoryParts, called: readonly unknown[], act: Act): Promise<void> {
  const [first, ...others] = chosenRuns(called, view.selection);
  if (first === undefined) {
    void showInformation(
      called.length === 0
        ? l10n.t('Select a run in the view of runs first.')
        : l10n.t('The rows of the view have just changed: choose the run again.'),
    );
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

/** The session that a run has made or gone on with, as its record tells. */
async function showSession(server: AgentServer, { historyId, configUri }: HistorySummary): Promise<void> {
  const told = storedSession(await reading(() => readRun(server, historyId)));
  if (configUri === null || told === undefined) {
    void showInformation(l10n.t('What is kept of this run tells of no session.'));
    return;
  }
  await vscode.commands.executeCommand('runagent.sessions.show', {
    ...(await placeTold(server, configUri, told)),
    step: null,
  });
}

async function cancel({ runs }: HistoryParts, server: AgentServer, run: HistorySummary): Promise<void> {
  const message = await cancelStored(run, runs, server, l10n.t);
  if (message !== undefined) void showInformation(message);
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
