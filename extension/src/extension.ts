import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { ApiKey } from './cloud/api_key';
import { registerApiKeyCommands } from './commands/api_key_commands';
import { CallingCommands } from './commands/calling_commands';
import { SettingWarning } from './commands/interpreter_commands';
import { registerNewAgentCommands } from './commands/new_agent_commands';
import { registerServerCommands } from './commands/server_commands';
import { reportCrash, reportStop } from './commands/server_reports';
import { serveOptions } from './python/agent_interpreter';
import { watchExtensions } from './python/extension_rungs';
import { interpreterRungs } from './python/interpreters';
import { climb, describeAttempts, noPythonMessage } from './python/ladder';
import { askVersion } from './python/version';
import type { RunEnvironment, RunRequest } from './runs/run';
import { Runs } from './runs/runs';
import type { ServerListener } from './server/agent_server';
import { type PlanResult, ServerController, type ServerState } from './server/controller';
import { DeletedFolders } from './server/deleted_folders';
import { describeState } from './server/describe_state';
import { launchPlan } from './server/plan';
import type { Project, ServeOptions } from './server/protocol.generated';
import { ServerAccess } from './server/server_access';
import { LanguageSession } from './server/session';
import { registerAgentTasks } from './tasks/task_provider';
import { LanguageStatus } from './views/language_status';

let controller: ServerController<LanguageSession> | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('RunAgent', { log: true });
  const serverLog = vscode.window.createOutputChannel('RunAgent Server', { log: true });
  const status = new LanguageStatus(String(context.extension.packageJSON.version));
  const access = new ServerAccess<LanguageSession>(vscode.l10n.t);
  const apiKey = new ApiKey(context.secrets, (server, key) => server.notify('runagent/apiKey', { key }));
  const server = async () => apiKey.knownTo(await access.ready());
  const environment: RunEnvironment = {
    server,
    serveOptions: serveOptionsFor,
    newRunId: randomUUID,
    translate: vscode.l10n.t,
    now: () => performance.now(),
    changed: (run, event) => commands.runChanged(run, event),
  };
  const runs = new Runs(environment, activityChanged);
  const commands = new CallingCommands(context, server, apiKey, runs, log);
  const folders = new DeletedFolders(access);
  const showProjects = async () => showAll(await readProjects(access, log), status, commands, folders);
  const listener = serverListener(runs, commands, () => void showProjects());

  const started = new ServerController<LanguageSession>({
    findPlan: planFinder(context.extensionUri.fsPath, log),
    createSession: (plan, died) => new LanguageSession(plan, serverLog, listener, died),
    stateChanged: (state) => {
      log.info(describeState(state));
      access.stateChanged(state);
      status.serverChanged(state);
      serverChanged(state, runs, commands, listener);
    },
    crashed: reportCrash,
    translate: vscode.l10n.t,
    now: () => performance.now(),
  });
  controller = started;

  context.subscriptions.push(
    log,
    serverLog,
    status,
    commands,
    folders,
    registerApiKeyCommands(apiKey, context.secrets, server, () => void tellKey(access, apiKey)),
    registerServerCommands({ restart: () => started.restart(), server, serverLog }),
    registerNewAgentCommands(server),
    registerAgentTasks(server),
    reconcileOnChange(() => void started.reconcile()),
  );
  void started.reconcile();
}

export async function deactivate(): Promise<void> {
  await controller?.dispose();
  controller = undefined;
}

function serverListener(
  runs: Runs,
  { batches, serving, cases, container, run }: CallingCommands,
  projectsChanged: () => void,
): ServerListener {
  return {
    'runagent/runState': (params) => {
      runs.stateChanged(params);
      cases.runs.stateChanged(params);
    },
    'runagent/output': (params) => {
      runs.output(params);
      cases.runs.output(params);
    },
    'runagent/batchProgress': (params) => batches.progress(params),
    'runagent/projectsChanged': projectsChanged,
    'runagent/casesChanged': () => {
      void cases.explorer.refresh();
      run.refresh();
    },
    'runagent/serve/event': (params) => serving.event(params),
    'runagent/history/changed': () => container.runs.historyChanged(),
  };
}

/** Only what goes on can be cancelled. */
function activityChanged(isRunning: boolean): void {
  void vscode.commands.executeCommand('setContext', 'runagent.isRunning', isRunning);
}

/** A server that is not there yet hears of the key when it is asked for something. */
async function tellKey(access: ServerAccess<LanguageSession>, apiKey: ApiKey): Promise<void> {
  if (access.isReady) await apiKey.tell(await access.ready());
}

function serverChanged(
  state: ServerState<LanguageSession>,
  runs: Runs,
  { serving, cases, container }: CallingCommands,
  listener: ServerListener,
): void {
  container.serverChanged(state.kind === 'stopped');
  serving.serverChanged(state.kind === 'ready', state.kind === 'stopped');
  if (state.kind === 'ready') listener['runagent/projectsChanged']({});
  if (state.kind !== 'stopped') return;
  runs.serverStopped();
  cases.runs.serverStopped();
  reportStop(state.cause, state.message);
}

async function showAll(
  projects: readonly Project[] | undefined,
  status: LanguageStatus,
  commands: CallingCommands,
  folders: DeletedFolders,
): Promise<void> {
  if (projects === undefined) return;
  status.projectsCounted(projects.length);
  folders.projectsChanged(projects);
  commands.projectsChanged(projects);
  await vscode.commands.executeCommand('setContext', 'runagent.hasAgents', projects.length > 0);
}

async function readProjects(
  access: ServerAccess<LanguageSession>,
  log: vscode.LogOutputChannel,
): Promise<readonly Project[] | undefined> {
  try {
    return (await (await access.ready()).request('runagent/projects', {})).projects;
  } catch (error) {
    log.warn(`The agents of the workspace could not be listed: ${error}`);
    return undefined;
  }
}

/** A run on this machine serves its agent when nobody does; one in the cloud never. */
async function serveOptionsFor({ configUri, cloud }: RunRequest): Promise<ServeOptions | undefined> {
  if (cloud === true || !vscode.workspace.isTrusted) return undefined;
  return await serveOptions(configUri);
}

function planFinder(extensionFolder: string, log: vscode.LogOutputChannel): () => Promise<PlanResult> {
  const settingWarning = new SettingWarning();
  return async () => {
    const { interpreter, tried } = await climb(interpreterRungs(), askVersion(vscode.l10n.t), vscode.l10n.t);
    for (const line of describeAttempts(tried)) log.info(`Looking for Python: ${line}`);
    settingWarning.tell(tried, interpreter?.origin);
    if (interpreter === undefined) return { plan: undefined, message: noPythonMessage(tried, vscode.l10n.t) };
    return { plan: launchPlan(interpreter, extensionFolder) };
  };
}

/** Everything that may change which Python is used. */
function reconcileOnChange(reconcile: () => void): vscode.Disposable {
  const watches = [
    vscode.workspace.onDidGrantWorkspaceTrust(reconcile),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('runagent.interpreter')) reconcile();
    }),
  ];
  void watchExtensions(reconcile).then((watch) => watches.push(watch));
  return new vscode.Disposable(() => {
    for (const watch of watches) watch.dispose();
  });
}
