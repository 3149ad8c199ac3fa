import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { registerInterpreterCommands, SettingWarning } from './commands/interpreter_commands';
import { commandButton, settingsButton, showError, showWarning } from './commands/notify';
import { RunCommands } from './commands/run_commands';
import { registerServerCommands } from './commands/server_commands';
import { watchExtensions } from './python/extension_rungs';
import { interpreterRungs } from './python/interpreters';
import { climb, describeAttempts, noPythonMessage } from './python/ladder';
import { askVersion } from './python/version';
import { Runs } from './runs/runs';
import type { ServerListener } from './server/agent_server';
import { type PlanResult, ServerController, type ServerState } from './server/controller';
import { launchPlan } from './server/plan';
import { ServerAccess } from './server/server_access';
import { LanguageSession } from './server/session';
import { LanguageStatus } from './views/language_status';

const { l10n } = vscode;

let controller: ServerController<LanguageSession> | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('RunAgent', { log: true });
  const serverLog = vscode.window.createOutputChannel('RunAgent Server', { log: true });
  const version = String(context.extension.packageJSON.version);
  const status = new LanguageStatus(version);
  const access = new ServerAccess<LanguageSession>();
  const server = () => access.ready();
  const settingWarning = new SettingWarning();

  const runs = new Runs({
    server,
    newRunId: randomUUID,
    now: () => performance.now(),
    changed: (run, event) => runCommands.panels.changed(run, event),
  });
  const runCommands = new RunCommands(context, server, runs);

  const countProjects = async () => {
    const { projects } = await (await server()).request('runagent/projects', {});
    status.projectsCounted(projects.length);
  };
  const listener: ServerListener = {
    'runagent/runState': (params) => runs.stateChanged(params),
    'runagent/output': (params) => runs.output(params),
    'runagent/projectsChanged': () =>
      void countProjects().catch((error) => log.warn(`Agents could not be counted: ${error}`)),
  };

  const findPlan = async (): Promise<PlanResult> => {
    const { interpreter, tried } = await climb(interpreterRungs(), askVersion);
    for (const line of describeAttempts(tried)) log.info(`Looking for Python: ${line}`);
    settingWarning.tell(tried, interpreter?.origin);
    if (interpreter === undefined) return { plan: undefined, message: noPythonMessage(tried) };
    return { plan: launchPlan(interpreter, context.extensionUri.fsPath) };
  };
  const stateChanged = (state: ServerState<LanguageSession>) => {
    log.info(describeState(state));
    access.stateChanged(state);
    status.serverChanged(state);
    if (state.kind === 'ready') listener['runagent/projectsChanged']({});
    if (state.kind === 'stopped') {
      runs.serverStopped();
      reportStop(state);
    }
  };
  const started = new ServerController<LanguageSession>({
    findPlan,
    createSession: (plan, died) => new LanguageSession(plan, serverLog, listener, died),
    stateChanged,
    crashed: reportCrash,
    now: () => performance.now(),
  });
  controller = started;

  context.subscriptions.push(
    log,
    serverLog,
    status,
    runCommands,
    registerServerCommands({ restart: () => started.restart(), server, serverLog }),
    registerInterpreterCommands(),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void started.reconcile()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('runagent.interpreter')) void started.reconcile();
    }),
  );
  void watchExtensions(() => void started.reconcile()).then((watch) => context.subscriptions.push(watch));
  void started.reconcile();
}

export async function deactivate(): Promise<void> {
  await controller?.dispose();
  controller = undefined;
}

function describeState(state: ServerState<LanguageSession>): string {
  switch (state.kind) {
    case 'looking':
      return 'Looking for a Python that can run the server.';
    case 'starting':
      return `Starting the server with ${state.interpreter.executable} (Python ${state.interpreter.version} from ${state.interpreter.origin}).`;
    case 'ready':
      return 'The server is ready.';
    case 'stopped':
      return `The server is stopped. ${state.message}`;
  }
}

/** Crashes are reported apart, by `reportCrash`. */
function reportStop(state: { readonly cause: string; readonly message: string }): void {
  if (state.cause === 'no-python') {
    void showError(
      state.message,
      commandButton(l10n.t('Select Interpreter'), 'runagent.selectInterpreter'),
      settingsButton('runagent.interpreter'),
    );
  } else if (state.cause === 'start-failed') {
    void showError(
      state.message,
      commandButton(l10n.t('Restart Server'), 'runagent.restart'),
      commandButton(l10n.t('Show Logs'), 'runagent.showLogs'),
    );
  }
}

function reportCrash(message: string, willRestart: boolean): void {
  const logs = commandButton(l10n.t('Show Logs'), 'runagent.showLogs');
  if (willRestart) void showWarning(message, logs);
  else void showError(message, commandButton(l10n.t('Restart Server'), 'runagent.restart'), logs);
}
