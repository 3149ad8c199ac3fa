import * as path from 'node:path';
import * as vscode from 'vscode';
import {
  attachConfiguration,
  debugpyFolder,
  findDebugger,
  type InstalledExtension,
  PYTHON_DEBUGGER,
} from '../debugging/attaching';
import { debuggedRun } from '../debugging/debugged_run';
import type { Entrypoint } from '../panel/opening';
import { readInputs, readReference } from '../runs/entrypoint_choice';
import type { RunRequest } from '../runs/run';
import type { AgentServer } from '../server/agent_server';
import type { DebugOptions, Project } from '../server/protocol.generated';
import { agentOf } from '../serving/agent_choice';
import { answers } from '../serving/served_agents';
import { mayRun, pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import { showWarning } from './notify';
import { addressOfSettings } from './panel_target';
import type { RunStarter } from './run_starter';
import { serve, tellFailure } from './serve_commands';
import { reportFailure } from './server_reports';
import type { Serving } from './serving';

const { l10n } = vscode;

export interface DebugParts {
  readonly server: () => Promise<AgentServer>;
  readonly serving: Serving;
  readonly starter: RunStarter;
  /** Who may be calling an agent while its debugger leaves. */
  readonly callers: readonly Caller[];
}

interface Caller {
  activeOf(configUri: string): readonly { readonly ended: Promise<unknown> }[];
}

/** A session of ours and the agent that it is attached to. */
interface Attached {
  readonly session: vscode.DebugSession;
  readonly configUri: string;
}

type AttachTarget = Pick<Entrypoint, 'configUri' | 'tag'>;

/** Debug: the agent is served under debugpy, the Python debugger attaches, and the entrypoint runs. */
export class DebugCommands implements vscode.Disposable {
  readonly #registrations: vscode.Disposable;
  /** Our debug sessions by their ids. */
  readonly #attachments = new Map<string, Attached>();

  constructor(private readonly parts: DebugParts) {
    this.#registrations = vscode.Disposable.from(
      vscode.commands.registerCommand('runagent.debug', (argument) => this.#debug(argument)),
      vscode.debug.onDidStartDebugSession((session) => this.#started(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.#ended(session)),
    );
  }

  dispose(): void {
    this.#registrations.dispose();
  }

  /**
   * Attaches the debugger to an agent that is to be called from elsewhere. Answers what ends the session again, which
   * is nothing when there was one already; undefined when there is none, and why was told.
   */
  async attach(entrypoint: AttachTarget): Promise<(() => Promise<void>) | undefined> {
    const extension = findDebugger(vscode.extensions.all);
    if (extension === undefined) {
      sayWhatIsMissing();
      return undefined;
    }
    if (this.#attachedTo(entrypoint.configUri) !== undefined) return async () => undefined;
    try {
      const server = await serverWithProgress(this.parts.server);
      if (!(await this.#attached(server, extension, entrypoint))) return undefined;
    } catch (error) {
      reportFailure(error);
      return undefined;
    }
    return async () => {
      const attached = this.#attachedTo(entrypoint.configUri);
      if (attached !== undefined) await vscode.debug.stopDebugging(attached.session);
    };
  }

  async #debug(argument: unknown): Promise<void> {
    if (!mayRun()) return;
    const extension = findDebugger(vscode.extensions.all);
    if (extension === undefined) {
      sayWhatIsMissing();
      return;
    }
    try {
      const server = await serverWithProgress(this.parts.server);
      const { projects } = await server.request('runagent/projects', {});
      const entrypoint = await pickToDebug(projects, argument);
      if (entrypoint === undefined) return;
      const prepare = async (request: RunRequest) => {
        const { configUri } = entrypoint;
        if (!(await this.#attached(server, extension, entrypoint))) return undefined;
        const status = this.parts.serving.served.statusOf(configUri) ?? {};
        return debuggedRun(request, status, addressOfSettings(configUri));
      };
      const { starter } = this.parts;
      const inputs = readInputs(argument) ?? (await starter.lastInputs(entrypoint));
      const isWhole = inputs !== undefined && !wantsForm(argument);
      if (isWhole) await starter.start({ ...entrypoint, inputs }, prepare);
      else await starter.ask(entrypoint, inputs, prepare);
    } catch (error) {
      reportFailure(error);
    }
  }

  /** Whether the agent is served for debugging and the debugger is attached to it. */
  async #attached(
    server: AgentServer,
    extension: InstalledExtension,
    { configUri, tag }: AttachTarget,
  ): Promise<boolean> {
    const { serving } = this.parts;
    if (this.#attachedTo(configUri) !== undefined) return true;
    const debug = await debugOptions(extension);
    const status = await serve({ serving }, server, 'runagent/serve/start', { configUri, debug });
    if (status.debugPort === undefined) {
      if (status.state === 'failed') tellFailure(serving, status);
      else if (answers(status)) void showWarning(l10n.t('The agent runs, but no debugger listens in it.'));
      return false;
    }
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(configUri));
    const name = l10n.t('RunAgent: {0}', tag);
    const configuration = attachConfiguration(name, configUri, status.debugPort);
    const attached = await vscode.debug.startDebugging(folder, configuration);
    if (!attached) await this.#serveAsUsual(configUri);
    return attached;
  }

  #attachedTo(configUri: string): Attached | undefined {
    return [...this.#attachments.values()].find((one) => one.configUri === configUri);
  }

  #started(session: vscode.DebugSession): void {
    const configUri: unknown = session.configuration['runagentConfigUri'];
    if (typeof configUri === 'string') this.#attachments.set(session.id, { session, configUri });
  }

  async #ended({ id }: vscode.DebugSession): Promise<void> {
    const configUri = this.#attachments.get(id)?.configUri;
    this.#attachments.delete(id);
    if (configUri === undefined) return;
    const { serving, callers } = this.parts;
    if (serving.served.statusOf(configUri)?.debugPort === undefined) return;
    try {
      // A run that was paused goes on when its debugger leaves, and others may begin meanwhile.
      const active = () => callers.flatMap((caller) => caller.activeOf(configUri));
      for (let going = active(); going.length > 0; going = active()) {
        await Promise.all(going.map((run) => run.ended));
      }
      if (this.#attachedTo(configUri) !== undefined) return;
      if (serving.served.statusOf(configUri)?.debugPort === undefined) return;
      await this.#serveAsUsual(configUri);
    } catch (error) {
      reportFailure(error);
    }
  }

  /** The debugger's port is closed, and code runs at its full speed. */
  async #serveAsUsual(configUri: string): Promise<void> {
    const { serving, server } = this.parts;
    await serve({ serving }, await server(), 'runagent/serve/restart', { configUri });
  }
}

/** Whether the inputs that came along are not all there. */
function wantsForm(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'edit' in argument && argument.edit === true;
}

async function pickToDebug(projects: readonly Project[], argument: unknown): Promise<Entrypoint | undefined> {
  const agent = agentOf(projects, argument);
  const reference = readReference(argument);
  const wanted = agent === undefined ? {} : { fileUri: agent.configUri };
  const chosen = reference ?? (await pickEntrypoint(projects, l10n.t('Entrypoint to debug'), wanted));
  if (chosen === undefined) return undefined;
  const { configUri, tag } = chosen;
  const project = projects.find((candidate) => candidate.configUri === configUri);
  const streams = project?.entrypoints.find((candidate) => candidate.tag === tag)?.streams ?? false;
  return { configUri, tag, project: project?.name ?? '', kind: streams ? 'stream' : 'run' };
}

/** The debugger brings the package `debugpy`; without it the agent's own Python has to have it. */
async function debugOptions({ extensionPath }: InstalledExtension): Promise<DebugOptions> {
  const folder = debugpyFolder(extensionPath, path.join);
  const packageFolder = vscode.Uri.file(path.join(folder, 'debugpy'));
  const isThere = await vscode.workspace.fs.stat(packageFolder).then(
    () => true,
    () => false,
  );
  return isThere ? { debugpyPath: folder } : {};
}

function sayWhatIsMissing(): void {
  const find = {
    label: l10n.t('Find Python Debugger'),
    run: () => vscode.commands.executeCommand('workbench.extensions.search', `@id:${PYTHON_DEBUGGER}`),
  };
  void showWarning(
    l10n.t(
      'Debugging needs the extension Python Debugger ({0}), which is not installed or not enabled here. Running agents needs nothing.',
      PYTHON_DEBUGGER,
    ),
    find,
  );
}
