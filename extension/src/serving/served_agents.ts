import type { ServeEventParams, ServeRequirements, ServerStatus } from '../server/protocol.generated';

/** What is known of an agent that is or was served. */
export interface ServedAgent {
  readonly status: ServerStatus;
  /** What its start is busy with, while it starts. */
  readonly step: string | null;
  /** What its Python lacks, as far as it was told. */
  readonly requirements: ServeRequirements | null;
}

/** The agents that the language server serves, as it last told. */
export class ServedAgents {
  readonly #agents = new Map<string, ServedAgent>();
  readonly #steps = new Map<string, string>();

  constructor(private readonly changed: () => void) {}

  get(configUri: string): ServedAgent | undefined {
    return this.#agents.get(configUri);
  }

  /** Whether some agent answers. */
  get isAnyUp(): boolean {
    return [...this.#agents.values()].some(({ status }) => answers(status));
  }

  statusOf(configUri: string): ServerStatus | undefined {
    return this.#agents.get(configUri)?.status;
  }

  event({ configUri, status, step, requirements }: ServeEventParams): void {
    if (step !== undefined) this.#stepped(configUri, step.message);
    if (status !== undefined) this.statusChanged(status);
    const known = this.#agents.get(configUri);
    if (requirements !== undefined && known !== undefined) {
      this.#put({ ...known, requirements: requirements.missing.length > 0 ? requirements : null });
    }
  }

  statusChanged(status: ServerStatus): void {
    if (!isBusy(status)) this.#steps.delete(status.configUri);
    // What lacks is looked for anew at each start.
    const before = status.state === 'starting' ? undefined : this.#agents.get(status.configUri);
    const requirements = before?.requirements ?? null;
    this.#put({ status, step: this.#steps.get(status.configUri) ?? null, requirements });
  }

  /** The language server has ended, and with it all that it served. */
  clear(): void {
    if (this.#agents.size === 0 && this.#steps.size === 0) return;
    this.#agents.clear();
    this.#steps.clear();
    this.changed();
  }

  #stepped(configUri: string, step: string): void {
    this.#steps.set(configUri, step);
    const known = this.#agents.get(configUri);
    if (known !== undefined && isBusy(known.status)) this.#put({ ...known, step });
  }

  #put(agent: ServedAgent): void {
    this.#agents.set(agent.status.configUri, agent);
    this.changed();
  }
}

function isBusy({ state }: ServerStatus): boolean {
  return state === 'starting' || state === 'reloading';
}

/** Whether runs are answered, be it by older code. */
export function answers(status: ServerStatus | undefined): boolean {
  return status !== undefined && ['ready', 'reloading', 'stale'].includes(status.state);
}

/** Whether there is something to stop. */
export function isUp(status: ServerStatus | undefined): boolean {
  return answers(status) || status?.state === 'starting';
}
