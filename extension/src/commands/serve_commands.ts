import * as vscode from 'vscode';
import { serveOptions } from '../python/agent_interpreter';
import { placeOfFailure } from '../runs/frames';
import type { AgentServer } from '../server/agent_server';
import type { Project, ServerStatus, ServeStartParams } from '../server/protocol.generated';
import { failureSentence } from '../serving/failure_sentence';
import { answers, isUp } from '../serving/served_agents';
import { pickAgent } from './agent_pick';
import { mayRun, serverWithProgress } from './entrypoint_pick';
import { type MessageButton, showError, showInformation } from './notify';
import { openPlace } from './open_place';
import { reportFailure } from './server_reports';
import type { Serving } from './serving';

const { l10n } = vscode;

export interface ServeParts {
  readonly server: () => Promise<AgentServer>;
  readonly serving: Serving;
}

/** Serve, stop and restart an agent, and show what it logs. */
export function registerServeCommands(parts: ServeParts): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('runagent.serve.start', (argument) => start(parts, argument)),
    vscode.commands.registerCommand('runagent.serve.stop', (argument) => stop(parts, argument)),
    vscode.commands.registerCommand('runagent.serve.restart', (argument) => restart(parts, argument)),
    vscode.commands.registerCommand('runagent.serve.showLog', (argument) => showLog(parts, argument)),
  );
}

async function start(parts: ServeParts, argument: unknown): Promise<void> {
  const { serving } = parts;
  await withAgent(parts, argument, l10n.t('Agent to serve'), async (server, { configUri, name }) => {
    const before = serving.served.statusOf(configUri);
    if (answers(before) && before?.own !== false) {
      const address = before?.address ?? '';
      void showInformation(l10n.t('{0} is served already, at {1}.', name, address), logButton(configUri));
      return;
    }
    const register = wantsRegistration(argument) ? { register: true } : {};
    tell(serving, await serve(parts, server, 'runagent/serve/start', { configUri, ...register }));
  });
}

/** Only when the menu's own row says so; nothing else writes into the platform's registry. */
function wantsRegistration(argument: unknown): boolean {
  return (
    typeof argument === 'object' && argument !== null && 'register' in argument && argument.register === true
  );
}

async function restart(parts: ServeParts, argument: unknown): Promise<void> {
  const { serving } = parts;
  await withAgent(parts, argument, l10n.t('Agent to restart'), async (server, { configUri }) => {
    tell(serving, await serve(parts, server, 'runagent/serve/restart', { configUri }));
  });
}

async function stop(parts: ServeParts, argument: unknown): Promise<void> {
  const { serving } = parts;
  await withAgent(parts, argument, l10n.t('Agent to stop'), async (server, project) => {
    const { configUri, name } = project;
    const options = {
      location: vscode.ProgressLocation.Window,
      title: l10n.t('RunAgent: stopping {0}', name),
    };
    const request = () => server.request('runagent/serve/stop', { configUri });
    try {
      serving.statusChanged(await vscode.window.withProgress(options, request));
    } catch (error) {
      if (!tellNothingToStop(serving, project)) throw error;
    }
  });
}

/** Says why nothing was stopped; false when there was something. The refusal has brought the newest status along. */
function tellNothingToStop(serving: Serving, { configUri, name }: Project): boolean {
  const status = serving.served.statusOf(configUri);
  if (status?.own === false && answers(status)) tellServedByOthers(serving, status);
  else if (!isUp(status)) void showInformation(l10n.t('{0} is not served.', name));
  else return false;
  return true;
}

function tellServedByOthers(serving: Serving, { configUri, address, pid }: ServerStatus): void {
  const message = l10n.t(
    '{0} is served by another editor or a terminal, at {1} (process {2}). Runs from here use it too, but it can only be stopped where it was started. Debug starts one of this editor’s own.',
    serving.nameOf(configUri),
    address ?? '',
    pid ?? '?',
  );
  const run = () => vscode.commands.executeCommand('runagent.debug', { configUri });
  void showInformation(message, { label: l10n.t('Debug…'), run });
}

async function showLog({ server, serving }: ServeParts, argument: unknown): Promise<void> {
  try {
    const { projects } = await (await serverWithProgress(server)).request('runagent/projects', {});
    const project = await pickAgent(projects, argument, l10n.t('Agent whose log to show'));
    if (project !== undefined) serving.logs.show(project.configUri);
  } catch (error) {
    reportFailure(error);
  }
}

/** Picks an agent and works with it where agents may be executed; says what went wrong. */
async function withAgent(
  { server }: ServeParts,
  argument: unknown,
  placeHolder: string,
  work: (server: AgentServer, project: Project) => Promise<void>,
): Promise<void> {
  if (!mayRun()) return;
  try {
    const ready = await serverWithProgress(server);
    const { projects } = await ready.request('runagent/projects', {});
    const project = await pickAgent(projects, argument, placeHolder);
    if (project !== undefined) await work(ready, project);
  } catch (error) {
    reportFailure(error);
  }
}

/** Starts an agent with its steps in sight. A cancel stops it, and what it has become is answered all the same. */
export async function serve(
  { serving }: Pick<ServeParts, 'serving'>,
  server: AgentServer,
  method: 'runagent/serve/start' | 'runagent/serve/restart',
  params: ServeStartParams,
): Promise<ServerStatus> {
  const { configUri } = params;
  const how = await serveOptions(configUri);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: l10n.t('Starting {0}', serving.nameOf(configUri)),
    cancellable: true,
  };
  const status = await vscode.window.withProgress(options, async (progress, cancelled) => {
    const steps = serving.onDidStep((step) => {
      if (step.configUri === configUri) progress.report({ message: step.message });
    });
    cancelled.onCancellationRequested(() => {
      void server.request('runagent/serve/stop', { configUri }).catch(reportFailure);
    });
    try {
      return await server.request(method, { ...how, ...params });
    } finally {
      steps.dispose();
    }
  });
  serving.statusChanged(status);
  return status;
}

/** Says how a start ended, unless the user has ended it. */
function tell(serving: Serving, status: ServerStatus): void {
  if (answers(status) && status.own === false) tellServedByOthers(serving, status);
  else if (answers(status)) {
    const name = serving.nameOf(status.configUri);
    const message = l10n.t('{0} is served at {1}.', name, status.address ?? '');
    void showInformation(message, logButton(status.configUri));
  } else if (status.state === 'failed') tellFailure(serving, status);
}

/** Says why an agent does not start, with the way to the place of the error. */
export function tellFailure(serving: Serving, { configUri, failure }: ServerStatus): void {
  // What is missing is offered in a message of its own, with a button instead of a command line.
  const offered = serving.served.get(configUri)?.requirements != null;
  const reason = failureSentence(failure, !offered);
  const message = l10n.t('{0} could not be started. {1}', serving.nameOf(configUri), reason);
  const place = failure === undefined ? undefined : placeOfFailure(failure);
  const show = { label: l10n.t('Go to the Error'), run: () => openPlace(place) };
  void showError(message, ...(place === undefined ? [] : [show]), logButton(configUri));
}

function logButton(configUri: string): MessageButton {
  const run = () => vscode.commands.executeCommand('runagent.serve.showLog', { configUri });
  return { label: l10n.t('Show Log'), run };
}
