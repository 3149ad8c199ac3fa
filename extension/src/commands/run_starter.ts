import * as vscode from 'vscode';
import { withoutSecretFields } from '../form/secret_fields';
import { isWhole } from '../form/starting_inputs';
import type { Entrypoint, Preparation } from '../panel/opening';
import type { RunPanels } from '../panel/run_panels';
import { type Inputs, NO_INPUTS } from '../runs/inputs';
import { RememberedInputs } from '../runs/remembered_inputs';
import type { RunRequest } from '../runs/run';
import { withOptionsOf } from '../runs/run_options';
import type { Runs } from '../runs/runs';
import type { AgentServer } from '../server/agent_server';
import type { EntrypointInfo } from '../server/protocol.generated';
import { withoutSession } from '../sessions/resume';
import type { CloudGate } from './cloud_gate';
import { mayRun } from './entrypoint_pick';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Opens the form of an entrypoint and starts its runs, whoever wants it: a lens, the palette, the history. */
export class RunStarter {
  readonly #remembered: RememberedInputs;

  constructor(
    memory: vscode.Memento,
    private readonly server: () => Promise<AgentServer>,
    private readonly runs: Runs,
    private readonly gate: CloudGate,
    private readonly panels: RunPanels,
  ) {
    this.#remembered = new RememberedInputs(memory);
  }

  /**
   * Opens the form, beginning with `first` or with what was used before; an entrypoint that takes nothing runs at
   * once. Rejects with words for people when the server cannot say what to ask for.
   */
  async ask(entrypoint: Entrypoint, first?: Inputs, prepare?: Preparation): Promise<void> {
    const { configUri, tag } = entrypoint;
    const info = await (await this.server()).request('runagent/entrypoint', { configUri, tag });
    const open = this.panels.viewOf(entrypoint);
    if (takesNothing(info)) {
      const options = withOptionsOf(entrypoint, open?.options ?? {});
      await this.start({ ...entrypoint, ...options, inputs: NO_INPUTS }, prepare);
      return;
    }
    const inputs = first ?? open?.inputs ?? this.#usedBefore(entrypoint);
    this.panels.open({ entrypoint, info, inputs, prepare });
  }

  /** Starts a run whose inputs are known, unless one of the same entrypoint is to go on. */
  async start({ instead: _once, ...request }: RunRequest, prepare?: Preparation): Promise<void> {
    if (!(await this.#wayIsFree(request))) return;
    try {
      if (!mayRun()) return;
      const ready: RunRequest | undefined = prepare === undefined ? request : await prepare(request);
      if (ready === undefined) return;
      if ((ready.instead ?? ready).cloud === true && !(await this.gate.opens(ready.configUri))) return;
      this.panels.show(this.runs.start(ready));
    } catch (error) {
      reportFailure(error);
    }
  }

  /** Keeps the inputs of a form for the next time. */
  remember({ configUri, tag, inputs }: RunRequest, info: EntrypointInfo | null): void {
    const positional = (info?.parameters ?? [])
      .filter(({ kind }) => kind === 'positional_only')
      .map(({ name }) => name);
    void this.#remembered.remember(configUri, tag, withoutSecretFields(info, inputs), positional);
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

  #usedBefore({ configUri, tag }: Entrypoint): Inputs {
    const latest = this.runs.latestOn({ configUri, tag })?.request;
    if (latest?.resumes === true) return withoutSession(latest.inputs);
    return latest?.inputs ?? this.#remembered.get(configUri, tag) ?? NO_INPUTS;
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
    if (answer === show) this.panels.show(running);
    return answer === restart;
  }
}

function takesNothing({ signature, parameters }: EntrypointInfo): boolean {
  return signature !== null && parameters.length === 0;
}
