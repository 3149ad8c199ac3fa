import * as vscode from 'vscode';
import type { PageCommand } from '../panel/messages';
import { OutputDocuments } from '../panel/output_documents';
import { RunPanels } from '../panel/run_panels';
import {
  type EntrypointReference,
  entrypointChoices,
  nothingToChoose,
  readReference,
} from '../runs/entrypoint_choice';
import { canAskOneByOne, type Inputs, startingInputs } from '../runs/inputs';
import { JsonInputs } from '../runs/json_inputs';
import { promptInputs } from '../runs/prompting';
import { RememberedInputs } from '../runs/remembered_inputs';
import type { Run, RunRequest } from '../runs/run';
import type { Runs } from '../runs/runs';
import type { RunKind } from '../runs/view_model';
import type { AgentServer } from '../server/agent_server';
import type { EntrypointInfo, Project } from '../server/protocol.generated';
import { performErrorAction } from './error_actions';
import { commandButton, showInformation, showWarning } from './notify';
import { openFrame } from './open_frame';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Run, Stream and Cancel, and what the buttons of a run's view do. */
export class RunCommands implements vscode.Disposable {
  readonly panels: RunPanels;
  readonly #remembered: RememberedInputs;
  readonly #json = new JsonInputs();
  readonly #documents = new OutputDocuments();
  readonly #registrations: vscode.Disposable;

  constructor(
    context: vscode.ExtensionContext,
    private readonly server: () => Promise<AgentServer>,
    private readonly runs: Runs,
  ) {
    this.panels = new RunPanels(context.extensionUri, {
      command: (command, run) => this.#pageCommand(command, run),
      openFrame: (index, run) => void openFrame(run.model.error, index),
    });
    this.#remembered = new RememberedInputs(context.workspaceState);
    this.#registrations = vscode.Disposable.from(
      vscode.commands.registerCommand('runagent.run', (argument) => this.#invoke('run', argument)),
      vscode.commands.registerCommand('runagent.stream', (argument) => this.#invoke('stream', argument)),
      vscode.commands.registerCommand('runagent.cancel', () => this.#cancel()),
    );
  }

  dispose(): void {
    this.#registrations.dispose();
    this.#json.dispose();
    this.#documents.dispose();
    this.panels.dispose();
  }

  async #invoke(kind: RunKind, argument: unknown): Promise<void> {
    if (!mayRun()) return;
    try {
      const server = await this.#serverWithProgress();
      const { projects } = await server.request('runagent/projects', {});
      const chosen = readReference(argument) ?? (await chooseEntrypoint(projects, kind));
      if (chosen === undefined) return;
      const project = projects.find(({ configUri }) => configUri === chosen.configUri)?.name ?? '';
      const running = this.runs.activeOn(chosen);
      if (running !== undefined && !(await this.#replace(running))) return;
      await this.#askAndStart({ ...chosen, project, kind }, undefined);
    } catch (error) {
      reportFailure(error);
    }
  }

  #serverWithProgress(): Thenable<AgentServer> {
    const options = {
      location: vscode.ProgressLocation.Window,
      title: l10n.t('RunAgent: waiting for the server'),
    };
    return vscode.window.withProgress(options, () => this.server());
  }

  /** Asks for the inputs, beginning with `first` or with what was used before, and starts the run. */
  async #askAndStart(entrypoint: Omit<RunRequest, 'inputs'>, first: Inputs | undefined): Promise<void> {
    const { configUri, tag, kind } = entrypoint;
    const server = await this.server();
    const info = await server.request('runagent/entrypoint', { configUri, tag });
    const before = first ?? this.#remembered.get(configUri, tag);
    const title = kind === 'run' ? l10n.t('Run {0}', tag) : l10n.t('Stream {0}', tag);
    if (!canAskOneByOne(info)) {
      await this.#editJson(title, entrypoint, info, startingInputs(info, before));
      return;
    }
    const prompted = await promptInputs(title, info, before);
    if (prompted.kind === 'json') await this.#editJson(title, entrypoint, info, prompted.inputs);
    if (prompted.kind === 'inputs') this.#start(entrypoint, info, prompted.inputs);
  }

  #editJson(
    title: string,
    entrypoint: Omit<RunRequest, 'inputs'>,
    info: EntrypointInfo,
    inputs: Inputs,
  ): Promise<void> {
    const key = `${entrypoint.configUri}#${entrypoint.tag}`;
    const label = l10n.t('{0} with these inputs', title);
    return this.#json.edit(key, info, inputs, label, (edited) => this.#start(entrypoint, info, edited));
  }

  #start(entrypoint: Omit<RunRequest, 'inputs'>, info: EntrypointInfo, inputs: Inputs): void {
    const positional = info.parameters
      .filter(({ kind }) => kind === 'positional_only')
      .map(({ name }) => name);
    void this.#remembered.remember(entrypoint.configUri, entrypoint.tag, inputs, positional);
    this.#launch({ ...entrypoint, inputs });
  }

  #launch(request: RunRequest): void {
    if (mayRun()) this.panels.show(this.runs.start(request));
  }

  /** Whether the way is free: the run that is going on was cancelled because the user wants so. */
  async #replace(running: Run): Promise<boolean> {
    const restart = l10n.t('Cancel and Run Again');
    const show = l10n.t('Show');
    const message = l10n.t('{0} is still running.', running.request.tag);
    const answer = await vscode.window.showWarningMessage(message, restart, show);
    if (answer === restart) await running.cancel();
    if (answer === show) this.panels.show(running);
    return answer === restart;
  }

  async #cancel(): Promise<void> {
    const active = this.runs.active();
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
        void this.#documents.show(run);
        break;
      case 'errorAction':
        this.#errorAction(run);
        break;
    }
  }

  #again(run: Run, changes: Partial<RunRequest> = {}): void {
    if (run.isOver) this.#launch({ ...run.request, ...changes });
  }

  async #editInputs(run: Run): Promise<void> {
    if (!run.isOver || !mayRun()) return;
    try {
      // Other inputs are checked anew, whatever was sent anyway before.
      const { inputs, validate: _sentAnyway, ...entrypoint } = run.request;
      await this.#askAndStart(entrypoint, inputs);
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
    });
  }
}

function mayRun(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void showWarning(
    l10n.t(
      'Running agents is off in Restricted Mode, because it would send inputs to code you do not trust yet.',
    ),
    commandButton(l10n.t('Manage Workspace Trust'), 'workbench.trust.manage'),
  );
  return false;
}

async function chooseEntrypoint(
  projects: readonly Project[],
  kind: RunKind,
): Promise<EntrypointReference | undefined> {
  const choices = entrypointChoices(projects, kind);
  if (choices.length === 0) {
    void showInformation(nothingToChoose(projects, kind));
    return undefined;
  }
  const items = choices.map((choice) => ({
    label: choice.tag,
    description: choice.project,
    detail: vscode.workspace.asRelativePath(vscode.Uri.parse(choice.configUri)),
    choice,
  }));
  const placeHolder = kind === 'run' ? l10n.t('Entrypoint to run') : l10n.t('Entrypoint to stream');
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.choice;
}
