import * as vscode from 'vscode';
import type { OutputAnswer, OutputRequest } from '../output/messages';
import type { PageCommand, SessionRequest } from '../panel/messages';
import type { RunView, RunViewListener } from '../panel/run_view';
import { errorText } from '../runs/error_text';
import { placeOf } from '../runs/frames';
import type { Inputs } from '../runs/inputs';
import type { Run, RunRequest } from '../runs/run';
import type { AgentServer } from '../server/agent_server';
import { placeTold } from '../sessions/told_place';
import type { TextDocuments } from '../views/text_documents';
import type { CloudGate } from './cloud_gate';
import { performErrorAction } from './error_actions';
import { openPlace } from './open_place';
import { OutputRequests } from './output_requests';
import { PanelCases } from './panel_cases';
import { chooseTarget } from './panel_target';
import type { RunStarter } from './run_starter';
import { reportFailure } from './server_reports';
import type { Serving } from './serving';

export interface PanelRequestParts {
  readonly server: () => Promise<AgentServer>;
  readonly starter: () => RunStarter;
  readonly documents: TextDocuments;
  readonly gate: CloudGate;
  readonly serving: Serving;
}

/** Does what the pages ask for. */
export class PanelRequests implements RunViewListener {
  readonly cases: PanelCases;
  readonly #output: OutputRequests;

  constructor(private readonly parts: PanelRequestParts) {
    this.cases = new PanelCases(parts.server);
    this.#output = new OutputRequests(parts.documents);
  }

  run(view: RunView, inputs: Inputs): void {
    const { entrypoint, prepare, info } = view;
    const request = { ...entrypoint, inputs };
    const starter = this.parts.starter();
    starter.remember(request, info);
    void starter.start(request, prepare);
  }

  useCase(uri: string | null, view: RunView): void {
    this.cases.use(uri, view).catch(reportFailure);
  }

  openFrame(index: number, run: Run): void {
    void openPlace(placeOf(run.model.error?.frames?.[index]));
  }

  session(request: SessionRequest, view: RunView): void {
    this.#askSession(request, view).catch(reportFailure);
  }

  async #askSession(
    { type, session, step }: SessionRequest,
    { entrypoint: { configUri }, run }: RunView,
  ): Promise<void> {
    const command = type === 'showSession' ? 'runagent.sessions.show' : 'runagent.sessions.resume';
    const told = run?.session?.session === session ? run.session : { session };
    const place = await placeTold(await this.parts.server(), configUri, told);
    await vscode.commands.executeCommand(command, { ...place, step });
  }

  output(request: OutputRequest, run: Run, answer: (answer: OutputAnswer) => void): void {
    void this.#output.received(request, run, answer);
  }

  command(command: PageCommand, view: RunView): void {
    Promise.resolve(this.#perform(command, view)).catch(reportFailure);
  }

  #perform(command: PageCommand, view: RunView): unknown {
    const { run } = view;
    switch (command) {
      case 'chooseTarget':
        return chooseTarget(view, this.parts);
      case 'saveCase':
        return this.cases.save(view);
      case 'saveCaseAs':
        return this.cases.saveAs(view);
      case 'openCase':
        return this.cases.open(view);
      case 'deleteCase':
        return this.cases.remove(view);
      default:
        return run === undefined ? undefined : this.#withRun(command, run, view);
    }
  }

  #withRun(command: PageCommand, run: Run, view: RunView): unknown {
    switch (command) {
      case 'cancel':
        return run.cancel();
      case 'openDocument':
        return this.#output.open(run);
      case 'errorAction':
        return this.#errorAction(run, view);
      case 'debug': {
        const { configUri, tag, inputs } = run.request;
        return vscode.commands.executeCommand('runagent.debug', { configUri, tag, inputs });
      }
      case 'copyError':
        return run.model.error === null
          ? undefined
          : vscode.env.clipboard.writeText(errorText(run.model.error));
      default:
        return undefined;
    }
  }

  #errorAction(run: Run, view: RunView): void {
    const action = run.model.error?.action;
    if (action === undefined) return;
    if (action === 'change-target') {
      chooseTarget(view, this.parts).catch(reportFailure);
      return;
    }
    performErrorAction(action, run, {
      again: (changes) => this.#again(run, changes),
      editInputs: () => view.focusForm(),
      showLogs: () => this.#showLogs(run),
    });
  }

  #again(run: Run, changes: Partial<RunRequest> = {}): void {
    if (run.isOver) void this.parts.starter().start({ ...run.request, ...changes });
  }

  /** The log that tells why: the agent's own when it did not start. */
  #showLogs({ request: { configUri } }: Run): void {
    const { serving } = this.parts;
    if (serving.served.statusOf(configUri)?.state === 'failed') serving.logs.show(configUri);
    else void vscode.commands.executeCommand('runagent.showLogs');
  }
}
