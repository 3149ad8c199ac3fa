import * as vscode from 'vscode';
import { canAskOneByOne, type Inputs, isWhole, startingInputs } from '../runs/inputs';
import { JsonInputs } from '../runs/json_inputs';
import { promptInputs } from '../runs/prompting';
import { RememberedInputs } from '../runs/remembered_inputs';
import type { Run, RunRequest } from '../runs/run';
import type { Runs } from '../runs/runs';
import type { AgentServer } from '../server/agent_server';
import type { EntrypointInfo } from '../server/protocol.generated';
import type { CloudGate } from './cloud_gate';
import { mayRun } from './entrypoint_pick';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** A run that still lacks its inputs. */
export type Entrypoint = Omit<RunRequest, 'inputs'>;

/** What has to be done once the inputs are known and before the run starts; false: the run is not to start. */
export type Preparation = () => Promise<boolean>;

/** Asks for the inputs of a run and starts it, whoever wants it: a lens, the palette, the history. */
export class RunStarter implements vscode.Disposable {
  readonly #remembered: RememberedInputs;
  readonly #json = new JsonInputs();

  constructor(
    memory: vscode.Memento,
    private readonly server: () => Promise<AgentServer>,
    private readonly runs: Runs,
    private readonly gate: CloudGate,
    private readonly show: (run: Run) => void,
  ) {
    this.#remembered = new RememberedInputs(memory);
  }

  dispose(): void {
    this.#json.dispose();
  }

  /**
   * Asks for the inputs, beginning with `first` or with what was used before, and starts the run. Rejects with words
   * for people when the server cannot say what to ask for.
   */
  async ask(entrypoint: Entrypoint, first?: Inputs, prepare?: Preparation): Promise<void> {
    if (!(await this.#wayIsFree(entrypoint))) return;
    const { configUri, tag } = entrypoint;
    const server = await this.server();
    const info = await server.request('runagent/entrypoint', { configUri, tag });
    const before = first ?? this.#remembered.get(configUri, tag);
    const title = titleOf(entrypoint);
    const start = (inputs: Inputs) => this.#start(entrypoint, info, inputs, prepare);
    if (!canAskOneByOne(info)) {
      await this.#editJson(title, entrypoint, info, startingInputs(info, before), start);
      return;
    }
    const prompted = await promptInputs(title, info, before);
    if (prompted.kind === 'json') await this.#editJson(title, entrypoint, info, prompted.inputs, start);
    if (prompted.kind === 'inputs') start(prompted.inputs);
  }

  /** Starts a run whose inputs are known, unless one of the same entrypoint is to go on. */
  async start(request: RunRequest, prepare?: Preparation): Promise<void> {
    if (await this.#wayIsFree(request)) await this.#launch(request, prepare);
  }

  /** The inputs of the entrypoint's last run, if nothing that it needs was left out of what is remembered. */
  async lastInputs({ configUri, tag }: Entrypoint): Promise<Inputs | undefined> {
    const latest = this.runs.latestOn({ configUri, tag })?.request.inputs;
    if (latest !== undefined) return latest;
    const remembered = this.#remembered.get(configUri, tag);
    if (remembered === undefined) return undefined;
    const info = await (await this.server()).request('runagent/entrypoint', { configUri, tag });
    return isWhole(info, remembered) ? remembered : undefined;
  }

  #editJson(
    title: string,
    entrypoint: Entrypoint,
    info: EntrypointInfo,
    inputs: Inputs,
    start: (inputs: Inputs) => void,
  ): Promise<void> {
    const key = `${entrypoint.configUri}#${entrypoint.tag}`;
    return this.#json.edit(key, info, inputs, l10n.t('{0} with these inputs', title), start);
  }

  #start(entrypoint: Entrypoint, info: EntrypointInfo, inputs: Inputs, prepare?: Preparation): void {
    const positional = info.parameters
      .filter(({ kind }) => kind === 'positional_only')
      .map(({ name }) => name);
    void this.#remembered.remember(entrypoint.configUri, entrypoint.tag, inputs, positional);
    void this.#launch({ ...entrypoint, inputs }, prepare);
  }

  async #launch(request: RunRequest, prepare?: Preparation): Promise<void> {
    try {
      if (!mayRun()) return;
      if (request.cloud === true && !(await this.gate.opens(request.configUri))) return;
      if (prepare !== undefined && !(await prepare())) return;
      this.show(this.runs.start(request));
    } catch (error) {
      reportFailure(error);
    }
  }

  /** Whether no run of the entrypoint goes on, or the user wants it cancelled. */
  async #wayIsFree(entrypoint: Entrypoint): Promise<boolean> {
    const running = this.runs.activeOn(entrypoint);
    if (running === undefined) return true;
    const restart = l10n.t('Cancel and Run Again');
    const show = l10n.t('Show');
    const message = l10n.t('{0} is still running.', running.request.tag);
    const answer = await vscode.window.showWarningMessage(message, restart, show);
    if (answer === restart) await running.cancel();
    if (answer === show) this.show(running);
    return answer === restart;
  }
}

function titleOf({ tag, kind, cloud }: Entrypoint): string {
  if (cloud === true) return l10n.t('Run {0} in the cloud', tag);
  return kind === 'run' ? l10n.t('Run {0}', tag) : l10n.t('Stream {0}', tag);
}
