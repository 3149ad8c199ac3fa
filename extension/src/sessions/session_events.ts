import type { AgentServer } from '../server/agent_server';
import type { SessionsEventsParams } from '../server/protocol.generated';
import type { KeptEvent } from './messages';

/** Events that a page holds, those of more than ten thousand steps; a trace of more is for a document. */
const MOST_EVENTS = 100_000;
/** Events that are asked for at once. */
const AT_ONCE = 5000;

/** The events of one session, read as far as they have come. */
export class SessionEvents {
  readonly #events: KeptEvent[] = [];
  #after = -1;
  #isCut = false;
  #reading: Promise<void> = Promise.resolve();

  get all(): readonly KeptEvent[] {
    return this.#events;
  }

  /** Whether there are more than are kept here. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /**
   * Reads what has come since; one after the other. `arrived` hears of each part, and when there is no more. Rejects
   * when the session cannot be read.
   */
  async read(
    server: AgentServer,
    session: Omit<SessionsEventsParams, 'after' | 'limit'>,
    arrived: () => void,
  ): Promise<void> {
    const reading = this.#reading.then(() => this.#readOn(server, session, arrived));
    this.#reading = reading.catch(() => undefined);
    await reading;
  }

  async #readOn(
    server: AgentServer,
    session: Omit<SessionsEventsParams, 'after' | 'limit'>,
    arrived: () => void,
  ): Promise<void> {
    if (this.#isCut) arrived();
    for (let isMore = !this.#isCut; isMore; ) {
      const params = { ...session, after: this.#after, limit: AT_ONCE };
      const page = await server.request('runagent/sessions/events', params);
      for (const event of page.events) this.#events.push(event);
      const last = page.events.at(-1)?.['seq'];
      this.#after = page.next ?? (typeof last === 'number' ? last : this.#after);
      this.#isCut = page.next !== null && this.#events.length >= MOST_EVENTS;
      isMore = page.next !== null && !this.#isCut;
      arrived();
    }
  }
}
