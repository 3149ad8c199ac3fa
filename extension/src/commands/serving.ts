import * as vscode from 'vscode';
import type { Project, ServeEventParams, ServerStatus } from '../server/protocol.generated';
import { ServedAgents } from '../serving/served_agents';
import { AgentLogs } from '../views/agent_logs';
import { ServeStatus } from '../views/serve_status';
import { RequirementsOffer } from './requirements_offer';

/** A step on the way to an agent that answers. */
export interface Step {
  readonly configUri: string;
  readonly message: string;
}

/** What this window knows of served agents, and everything that shows it. */
export class Serving implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** How some agent is served is other than before. */
  readonly onDidChange = this.#changed.event;
  readonly served = new ServedAgents(() => {
    this.#status.draw();
    this.#changed.fire();
  });
  readonly logs: AgentLogs;
  readonly requirements: RequirementsOffer;
  readonly #status = new ServeStatus(this.served);
  readonly #steps = new vscode.EventEmitter<Step>();
  readonly onDidStep = this.#steps.event;
  #names = new Map<string, string>();

  /** `tagOf` knows the entrypoints of this window's runs. */
  constructor(tagOf: (runId: string) => string | undefined) {
    this.logs = new AgentLogs((configUri) => this.nameOf(configUri), tagOf);
    this.requirements = new RequirementsOffer((configUri) => this.#installed(configUri));
  }

  nameOf(configUri: string): string {
    return this.#names.get(configUri) ?? vscode.workspace.asRelativePath(vscode.Uri.parse(configUri));
  }

  event(params: ServeEventParams): void {
    const { configUri, status, step, lines, requirements } = params;
    this.served.event(params);
    if (lines !== undefined) this.logs.write(configUri, lines);
    if (status !== undefined) this.logs.statusChanged(status);
    if (status?.state === 'starting') this.requirements.starting(configUri);
    if (requirements !== undefined) this.requirements.tell(configUri, this.nameOf(configUri), requirements);
    if (step === undefined) return;
    this.logs.say(configUri, step.message);
    this.#steps.fire({ configUri, message: step.message });
  }

  statusChanged(status: ServerStatus): void {
    this.served.statusChanged(status);
    this.logs.statusChanged(status);
  }

  /** What the language server has served ends with it. */
  serverChanged(isReady: boolean, isStopped: boolean): void {
    if (!isReady) this.served.clear();
    this.#status.serverChanged(isStopped);
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#names = new Map(projects.map(({ configUri, name }) => [configUri, name]));
    this.#status.projectsChanged(projects);
  }

  dispose(): void {
    this.#steps.dispose();
    this.#changed.dispose();
    this.#status.dispose();
    this.logs.dispose();
  }

  /** An agent that could not start for want of them is started again. */
  #installed(configUri: string): void {
    const state = this.served.statusOf(configUri)?.state;
    if (state !== 'failed' && state !== 'stale') return;
    void vscode.commands.executeCommand('runagent.serve.restart', { configUri });
  }
}
