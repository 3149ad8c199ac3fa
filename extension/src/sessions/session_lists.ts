import type { AgentServer } from '../server/agent_server';
import type { SessionsResult } from '../server/protocol.generated';

/** The sessions that each agent keeps, as they were read last. */
export class SessionLists {
  readonly #lists = new Map<string, SessionsResult>();
  readonly #reading = new Map<string, Promise<void>>();

  /** `changed` hears of an agent whose sessions are others than before. */
  constructor(
    private readonly server: () => Promise<AgentServer>,
    private readonly changed: (configUri: string) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  of(configUri: string): SessionsResult | undefined {
    return this.#lists.get(configUri);
  }

  /** Forgets all agents but these. */
  keep(configUris: readonly string[]): void {
    for (const known of [...this.#lists.keys()]) if (!configUris.includes(known)) this.#lists.delete(known);
  }

  /** Reads the sessions of an agent again. Never rejects: what was known stays when they cannot be read. */
  async read(configUri: string): Promise<void> {
    const before = this.#reading.get(configUri);
    // What happens while it is being read may be missed: after it, it is read once more.
    const reading = (before ?? Promise.resolve()).then(() => this.#read(configUri));
    this.#reading.set(configUri, reading);
    await reading;
    if (this.#reading.get(configUri) === reading) this.#reading.delete(configUri);
  }

  async #read(configUri: string): Promise<void> {
    try {
      const list = await (await this.server()).request('runagent/sessions', { configUri });
      const isSame = JSON.stringify(list) === JSON.stringify(this.#lists.get(configUri));
      this.#lists.set(configUri, list);
      if (!isSame) this.changed(configUri);
    } catch (error) {
      this.failed(error);
    }
  }
}
