import * as vscode from 'vscode';
import type { PageCommand } from '../panel/messages';
import { RunPanels } from '../panel/run_panels';
import { readReference } from '../runs/entrypoint_choice';
import { placeOf } from '../runs/frames';
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
    this.panels = new RunPanels(context.extensionUri, {
      command: (command, run) => this.#pageCommand(command, run),
      openFrame: (index, run) => void openPlace(placeOf(run.model.error?.frames?.[index])),
    });
    const show = (run: Run) => this.panels.show(run);
    this.starter = new RunStarter(context.workspaceState, server, runs, gate, show);
    this.#registrations = vscode.Disposable.from(
      vscode.commands.registerCommand('runagent.run', (argument) => this.#invoke('run', argument)),
      vscode.commands.registerCommand('runagent.stream', (argument) => this.#invoke('stream', argument)),
      vscode.commands.registerCommand('runagent.cancel', () => this.#cancel()),
    );
  }

  dispose(): void {
    this.#registrations.dispose();
    this.starter.dispose();
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

  #pageCommand(command: PageCommand, run: Run): void {
    switch (command) {
      case 'cancel':
        void run.cancel();
        break;
      case 'runAgain':
        this.#again(run);
        break;
      case 'editInputs':
        void this.#editInputs(run);
        break;
      case 'openDocument':
        void this.parts.documents.show(outputOf(run));
        break;
      case 'errorAction':
        this.#errorAction(run);
        break;
    }
  }

  #again(run: Run, changes: Partial<RunRequest> = {}): void {
    if (run.isOver) void this.starter.start({ ...run.request, ...changes });
  }

  async #editInputs(run: Run): Promise<void> {
    if (!run.isOver || !mayRun()) return;
    try {
      // Other inputs are checked anew, whatever was sent anyway before.
      const { inputs, validate: _sentAnyway, ...entrypoint } = run.request;
      await this.starter.ask(entrypoint, inputs);
    } catch (error) {
      reportFailure(error);
    }
  }

  #errorAction(run: Run): void {
    const action = run.model.error?.action;
    if (action === undefined) return;
    performErrorAction(action, run, {
      again: (changes) => this.#again(run, changes),
      editInputs: () => void this.#editInputs(run),
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
