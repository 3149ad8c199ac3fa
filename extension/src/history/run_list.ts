import type { AgentServer } from '../server/agent_server';
import type { HistoryMatch, HistorySummary } from '../server/protocol.generated';

/** A run in the list, with the place where the searched text was found. */
export interface ListedRun {
  readonly run: HistorySummary;
  readonly match?: HistoryMatch;
}

/** What is listed: all runs page by page, or those in which a text was found. */
export interface Listed {
  readonly runs: readonly ListedRun[];
  readonly hasMore: boolean;
}

/** Runs as the server knows them. An answer that was overtaken by a later question is dropped. */
export class RunList {
  #question = 0;
  #runs: ListedRun[] = [];
  #next: string | null = null;

  constructor(private readonly server: AgentServer) {}

  /** The first page of all runs, or of those with `text`; undefined when another question has come since. */
  async ask(text: string): Promise<Listed | undefined> {
    const question = this.#begin();
    const page = text.trim() === '' ? await this.#page() : await this.#found(text.trim());
    if (question !== this.#question) return undefined;
    this.#runs = page.runs;
    this.#next = page.next;
    return this.#listed();
  }

  /** What is listed and the next page of older runs. */
  async more(): Promise<Listed | undefined> {
    if (this.#next === null) return this.#listed();
    const question = this.#begin();
    const page = await this.#page(this.#next);
    if (question !== this.#question) return undefined;
    this.#runs = [...this.#runs, ...page.runs];
    this.#next = page.next;
    return this.#listed();
  }

  #begin(): number {
    this.#question += 1;
    return this.#question;
  }

  async #page(before?: string): Promise<{ runs: ListedRun[]; next: string | null }> {
    const params = before === undefined ? {} : { before };
    const { runs, next } = await this.server.request('runagent/history/list', params);
    return { runs: runs.map((run) => ({ run })), next };
  }

  async #found(text: string): Promise<{ runs: ListedRun[]; next: null }> {
    const { matches } = await this.server.request('runagent/history/search', { text });
    return { runs: matches.map((match) => ({ run: match.run, match })), next: null };
  }

  #listed(): Listed {
    return { runs: this.#runs, hasMore: this.#next !== null };
  }
}
