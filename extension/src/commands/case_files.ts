import * as vscode from 'vscode';
import { type Expectations, expectationChoices, freeName, problemOfName } from '../cases/new_case';
import { startingInputs } from '../form/starting_inputs';
import { keptInputs } from '../history/rerun';
import { readRun, type StoredRun } from '../history/transcript_text';
import { showInputBox, showQuickPick } from '../questions';
import { type EntrypointReference, readReference } from '../runs/entrypoint_choice';
import type { Inputs } from '../runs/inputs';
import type { AgentServer } from '../server/agent_server';
import type { HistorySummary } from '../server/protocol.generated';
import { pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import { reading } from './history_actions';
import { showInformation } from './notify';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Commands that write cases into the agents' folders, and open them. */
export function registerCaseFileCommands(server: () => Promise<AgentServer>): vscode.Disposable {
  const withServer = (work: (server: AgentServer, argument: unknown) => Promise<void>) => {
    return async (argument: unknown) => {
      try {
        await work(await serverWithProgress(server), argument);
      } catch (error) {
        reportFailure(error);
      }
    };
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('runagent.cases.new', withServer(newCase)),
    vscode.commands.registerCommand('runagent.cases.saveLastRun', withServer(saveLastRun)),
    vscode.commands.registerCommand('runagent.cases.open', withServer(openCase)),
  );
}

/** A case with a value for each parameter that needs one, to be filled in. */
async function newCase(server: AgentServer, argument: unknown): Promise<void> {
  const entrypoint = await entrypointFor(server, argument, l10n.t('Entrypoint to write a case for'));
  if (entrypoint === undefined) return;
  const { configUri, tag } = entrypoint;
  const info = await server.request('runagent/entrypoint', { configUri, tag });
  const name = await askName(server, entrypoint);
  if (name !== undefined) await save(server, entrypoint, name, startingInputs(info));
}

/** The newest run of an entrypoint, by whichever window it was started, as a case. */
async function saveLastRun(server: AgentServer, argument: unknown): Promise<void> {
  const entrypoint = await entrypointFor(server, argument, l10n.t('Entrypoint whose last run to save'));
  if (entrypoint === undefined) return;
  const last = await lastRun(server, entrypoint);
  if (last === undefined) {
    const message = l10n.t('The history holds no run of {0} yet: run it, then save it.', entrypoint.tag);
    void showInformation(message);
    return;
  }
  const stored = await reading(() => readRun(server, last.historyId));
  const name = await askName(server, entrypoint);
  const expect = name === undefined ? undefined : await askExpectation(stored, name);
  if (name === undefined || expect === undefined) return;
  const { inputs, isWhole } = keptInputs(stored.run);
  if (!(await save(server, entrypoint, name, inputs, expect.expectations)) || isWhole) return;
  const left = l10n.t(
    'Inputs that were not kept in the history, such as keys, are not in the case: add them.',
  );
  void showInformation(left);
}

async function openCase(server: AgentServer, argument: unknown): Promise<void> {
  const { cases } = await server.request('runagent/cases', {});
  const wanted = readReference(argument);
  const fitting = cases.filter(
    ({ configUri, tag }) => wanted === undefined || (configUri === wanted.configUri && tag === wanted.tag),
  );
  if (fitting.length === 0) {
    void showInformation(
      l10n.t('There are no saved cases yet: run an entrypoint, then save its run as a case.'),
    );
    return;
  }
  const items = fitting.map(({ name, tag, uri, description, problem }) => ({
    label: problem === null ? name : `$(warning) ${name}`,
    description: tag,
    detail: problem ?? description ?? '',
    uri,
  }));
  const options = { placeHolder: l10n.t('Case to open'), matchOnDescription: true, matchOnDetail: true };
  const chosen = await showQuickPick(items, options);
  if (chosen !== undefined) await open(chosen.uri);
}

async function entrypointFor(
  server: AgentServer,
  argument: unknown,
  placeHolder: string,
): Promise<EntrypointReference | undefined> {
  const named = readReference(argument);
  if (named !== undefined) return named;
  const { projects } = await server.request('runagent/projects', {});
  return await pickEntrypoint(projects, placeHolder);
}

async function lastRun(
  server: AgentServer,
  { configUri, tag }: EntrypointReference,
): Promise<HistorySummary | undefined> {
  const { runs } = await server.request('runagent/history/list', { configUri, tag, limit: 20 });
  return runs.find(({ state }) => state !== 'running');
}

async function askName(
  server: AgentServer,
  { configUri, tag }: EntrypointReference,
): Promise<string | undefined> {
  const { cases } = await server.request('runagent/cases', { configUri });
  const taken = cases.filter((one) => one.tag === tag).map(({ name }) => name);
  const typed = await showInputBox({
    title: l10n.t('New Case of {0}', tag),
    prompt: l10n.t('Name of the case, and of its file'),
    value: freeName(taken, l10n.t),
    ignoreFocusOut: true,
    validateInput: (text) => problemOfName(text, l10n.t),
  });
  return typed?.trim();
}

async function askExpectation(
  stored: StoredRun,
  name: string,
): Promise<{ readonly expectations: Expectations | undefined } | undefined> {
  const chosen = await showQuickPick(expectationChoices(stored, l10n.t), {
    title: l10n.t('Case {0}', name),
    placeHolder: l10n.t('What the case expects'),
    ignoreFocusOut: true,
  });
  return chosen === undefined ? undefined : { expectations: chosen.expect };
}

/** Whether the case was written; it is shown then. Asks before it replaces one. */
async function save(
  server: AgentServer,
  { configUri, tag }: EntrypointReference,
  name: string,
  inputs: Inputs,
  expect?: Expectations,
): Promise<boolean> {
  const params = {
    configUri,
    tag,
    name,
    args: [...inputs.args],
    kwargs: { ...inputs.kwargs },
    ...(expect === undefined ? {} : { expect: { ...expect } }),
  };
  let answer = await server.request('runagent/cases/save', { ...params, overwrite: false });
  if (!answer.saved) {
    const replace = l10n.t('Replace');
    const question = l10n.t('Replace the inputs of the case {0}?', name);
    const detail = l10n.t('{0} has a case of this name already.', tag);
    const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, replace);
    if (chosen !== replace) return false;
    answer = await server.request('runagent/cases/save', { ...params, overwrite: true });
  }
  await open(answer.uri);
  return answer.saved;
}

async function open(uri: string): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { preview: false });
}
