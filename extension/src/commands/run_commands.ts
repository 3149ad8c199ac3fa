import * as vscode from 'vscode';
import type { PageCommand } from '../panel/messages';
import { RunPanels } from '../panel/run_panels';
import type { RunView } from '../panel/run_view';
import { readReference } from '../runs/entrypoint_choice';
import { errorText } from '../runs/error_text';
import { placeOf } from '../runs/frames';
import type { Inputs } from '../runs/inputs';
import type { Run, RunRequest } from '../runs/run';
import type { Runs } from '../runs/runs';
import type { RunKind } from '../runs/view_model';
import type { AgentServer } from '../server/agent_server';
import type { TextDocument, TextDocuments } from '../views/text_documents';
import type { CloudGate } from './cloud_gate';
import { mayRun, pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import { performErrorAction } from './error_actions';
import { showInformation } from './notify';
import { openPlace } from './open_place';
import { RunStarter } from './run_starter';
import { reportFailure } from './server_reports';
import type { Serving } from './serving';

const { l10n } = vscode;

export interface RunParts {
  readonly server: () => Promise<AgentServer>;
  readonly runs: Runs;
  readonly documents: TextDocuments;
  readonly gate: CloudGate;
  readonly serving: Serving;
}

/** Run, Stream and Cancel, and what the buttons of a run's view do. */
export class RunCommands implements vscode.Disposable {
  readonly panels: RunPanels;
  readonly starter: RunStarter;
  readonly #registrations: vscode.Disposable;

  constructor(
    context: vscode.ExtensionContext,
    private readonly parts: RunParts,
  ) {
    const { server, runs, gate } = parts;
    this.panels = new RunPanels({
      extensionUri: context.extensionUri,
      listener: {
        run: (view, inputs) => void this.#run(view, inputs),
        command: (command, view) => this.#pageCommand(command, view),
        openFrame: (index, run) => void openPlace(placeOf(run.model.error?.frames?.[index])),
      },
      describe: async ({ configUri, tag }) =>
        (await server()).request('runagent/entrypoint', { configUri, tag }),
    });
    this.starter = new RunStarter(context.workspaceState, server, runs, gate, this.panels);
    this.#registrations = vscode.Disposable.from(
      vscode.commands.registerCommand('runagent.run', (argument) => this.#invoke('run', argument)),
      vscode.commands.registerCommand('runagent.stream', (argument) => this.#invoke('stream', argument)),
      vscode.commands.registerCommand('runagent.cancel', () => this.#cancel()),
    );
  }

  dispose(): void {
    this.#registrations.dispose();
    this.panels.dispose();
  }

  async #invoke(kind: RunKind, argument: unknown): Promise<void> {
    if (!mayRun()) return;
    try {
      const server = await serverWithProgress(this.parts.server);
      const { projects } = await server.request('runagent/projects', {});
      const placeHolder = kind === 'run' ? l10n.t('Entrypoint to run') : l10n.t('Entrypoint to stream');
      const chosen = readReference(argument) ?? (await pickEntrypoint(projects, placeHolder, { kind }));
      if (chosen === undefined) return;
      const { configUri, tag } = chosen;
      const project = projects.find((candidate) => candidate.configUri === configUri)?.name ?? '';
      await this.starter.ask({ configUri, tag, project, kind });
    } catch (error) {
      reportFailure(error);
    }
  }

  async #cancel(): Promise<void> {
    const active = this.parts.runs.active();
    if (active.length === 0) {
      void showInformation(l10n.t('Nothing is running.'));
      return;
    }
    const items = active.map((run) => ({ label: run.request.tag, description: run.request.project, run }));
    const chosen =
      items.length === 1
        ? items[0]
        : await vscode.window.showQuickPick(items, { placeHolder: l10n.t('Run to cancel') });
    await chosen?.run.cancel();
  }

  async #run(view: RunView, inputs: Inputs): Promise<void> {
    const { entrypoint, prepare, info } = view;
    const request = { ...entrypoint, inputs };
    this.starter.remember(request, info);
    await this.starter.start(request, prepare);
  }

  #pageCommand(command: PageCommand, view: RunView): void {
    const { run } = view;
    if (run === undefined) return;
    switch (command) {
      case 'cancel':
        void run.cancel();
        break;
      case 'openDocument':
        void this.parts.documents.show(outputOf(run));
        break;
      case 'errorAction':
        this.#errorAction(run, view);
        break;
      case 'debug':
        void vscode.commands.executeCommand('runagent.debug', {
          configUri: run.request.configUri,
          tag: run.request.tag,
          inputs: run.request.inputs,
        });
        break;
      case 'copyError':
        if (run.model.error !== null) void vscode.env.clipboard.writeText(errorText(run.model.error));
        break;
    }
  }

  #again(run: Run, changes: Partial<RunRequest> = {}): void {
    if (run.isOver) void this.starter.start({ ...run.request, ...changes });
  }

  #errorAction(run: Run, view: RunView): void {
    const action = run.model.error?.action;
    if (action === undefined) return;
    performErrorAction(action, run, {
      again: (changes) => this.#again(run, changes),
      editInputs: () => view.focusForm(),
      showLogs: () => this.#showLogs(run),
    });
  }

  /** The log that tells why: the agent's own when it did not start. */
  #showLogs({ request: { configUri } }: Run): void {
    const failed = this.parts.serving.served.statusOf(configUri)?.state === 'failed';
    if (failed) this.parts.serving.logs.show(configUri);
    else void vscode.commands.executeCommand('runagent.showLogs');
  }
}

/** What has come so far; asked for again later, the same document shows what has come until then. */
function outputOf(run: Run): TextDocument {
  const text = run.transcript.text();
  const ending = /^\s*[[{]/.test(text) ? 'json' : 'txt';
  return { key: run.id, name: `${run.request.tag} output.${ending}`, text };
}
