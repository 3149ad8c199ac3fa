import * as vscode from 'vscode';
import type { PageState } from '../panel/page_state';
import { RunPanels } from '../panel/run_panels';
import type { RunView } from '../panel/run_view';
import { showQuickPick } from '../questions';
import { readReference } from '../runs/entrypoint_choice';
import { pastRun } from '../runs/past_run';
import type { Runs } from '../runs/runs';
import type { RunKind } from '../runs/view_model';
import type { AgentServer } from '../server/agent_server';
import type { TextDocuments } from '../views/text_documents';
import type { CloudGate } from './cloud_gate';
import { mayRun, pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import { showInformation } from './notify';
import { PanelRequests } from './panel_requests';
import { showTarget } from './panel_target';
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

/** Run, Stream and Cancel, the panels that they open, and the commands of the panel in front. */
export class RunCommands implements vscode.Disposable {
  readonly panels: RunPanels;
  readonly starter: RunStarter;
  readonly #requests: PanelRequests;
  readonly #registrations: vscode.Disposable;

  constructor(
    context: vscode.ExtensionContext,
    private readonly parts: RunParts,
  ) {
    const { server, runs, gate, serving } = parts;
    this.#requests = new PanelRequests({ ...parts, starter: () => this.starter });
    this.panels = new RunPanels({
      extensionUri: context.extensionUri,
      listener: this.#requests,
      refresh: (view) => void this.#refresh(view),
      restored: (view, state) => void this.#restored(view, state),
      activeChanged: tellContext,
    });
    this.starter = new RunStarter(context.workspaceState, server, runs, gate, this.panels);
    this.#registrations = vscode.Disposable.from(
      vscode.commands.registerCommand('runagent.run', (argument) => this.#invoke('run', argument)),
      vscode.commands.registerCommand('runagent.stream', (argument) => this.#invoke('stream', argument)),
      vscode.commands.registerCommand('runagent.cancel', () => this.#cancel()),
      vscode.commands.registerCommand('runagent.panel.run', () => this.panels.active?.start()),
      vscode.commands.registerCommand('runagent.panel.cancel', () => this.panels.active?.run?.cancel()),
      vscode.commands.registerCommand('runagent.panel.openOutput', () => this.#withActive('openDocument')),
      vscode.commands.registerCommand('runagent.panel.saveCase', () => this.#withActive('saveCaseAs')),
      vscode.commands.registerCommand('runagent.panel.chooseTarget', () => this.#withActive('chooseTarget')),
      serving.onDidChange(() => this.#targetsChanged()),
      vscode.workspace.onDidSaveTextDocument(({ languageId }) => {
        if (languageId === 'python') this.refresh();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('runagent.target')) this.#targetsChanged();
      }),
    );
  }

  dispose(): void {
    this.#registrations.dispose();
    this.panels.dispose();
  }

  /** The agents of the workspace or their cases are others than before, or the server is another one. */
  refresh(): void {
    for (const view of this.panels.views) void this.#refresh(view);
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
      items.length === 1 ? items[0] : await showQuickPick(items, { placeHolder: l10n.t('Run to cancel') });
    await chosen?.run.cancel();
  }

  #withActive(command: 'openDocument' | 'saveCaseAs' | 'chooseTarget'): void {
    const { active } = this.panels;
    if (active !== undefined) this.#requests.command(command, active);
  }

  /** The signature may have been edited and cases added while nobody looked. */
  async #refresh(view: RunView): Promise<void> {
    void showTarget(view, this.parts);
    const { configUri, tag } = view.entrypoint;
    try {
      const server = await this.parts.server();
      view.describedBy(await server.request('runagent/entrypoint', { configUri, tag }));
      await this.#requests.cases.list(view);
    } catch (error) {
      view.cannotDescribe(error instanceof Error ? error.message : String(error));
    }
  }

  async #restored(view: RunView, { configUri, tag, project, historyId }: PageState): Promise<void> {
    await this.#refresh(view);
    if (historyId === null) return;
    try {
      const server = await this.parts.server();
      const run = await pastRun(server, historyId, { configUri, tag, project }, this.parts.runs, l10n.t);
      if (run !== undefined) view.showPast(run);
    } catch {
      // What is no longer in the history is not shown again; the form is there all the same.
    }
  }

  #targetsChanged(): void {
    for (const view of this.panels.views) void showTarget(view, this.parts);
  }
}

/** Which commands of the panel in front can work. */
function tellContext(view: RunView | undefined): void {
  const run = view?.run;
  const set = (name: string, value: boolean) =>
    void vscode.commands.executeCommand('setContext', name, value);
  set('runagent.runPanelFocused', view !== undefined);
  set('runagent.runPanelBusy', run !== undefined && !run.isOver);
  set('runagent.runPanelHasRun', run !== undefined);
}
