import type { OutputRequest } from '../output/messages';
import type { OutputWords } from '../output/words';
import type { AgentServer } from '../server/agent_server';
import { messageOf } from '../server/controller';
import type { SessionDetails } from '../server/protocol.generated';
import {
  placeOf,
  readSessionMessage,
  type SessionContent,
  type SessionHostMessage,
  type SessionPageState,
} from './messages';
import { SessionCheckpoints } from './session_checkpoints';
import { SessionEvents } from './session_events';
import type { SessionWords } from './words';

/** After a look that took long the next one waits so many times as long: a long session leaves the server time for others. */
const REST = 3;

/** What the page of a session asks of others. */
export interface SessionViewWays {
  readonly server: () => Promise<AgentServer>;
  readonly words: () => { readonly words: SessionWords; readonly outputWords: OutputWords };
  post(message: SessionHostMessage): void;
  /** Why sessions of this agent cannot be resumed; null while they can. */
  cannotResume(configUri: string): Promise<string | null>;
  /** Goes on after a step; null: after the last one. */
  resume(shown: SessionPageState): void;
  copy(text: string): void;
  openLink(url: string): void;
  /** Shows all events that are known, one a line. */
  openEvents(session: string, lines: string): void;
  /** What is shown is another session than before, or it is known what it is about. */
  titled(title: string): void;
}

/** What one panel shows of a session, and the conversation with its page. */
export class SessionView {
  #shown: SessionPageState;
  #details: SessionDetails | null = null;
  #problem: string | null = null;
  #noResume: string | null = null;
  #events = new SessionEvents();
  #checkpoints = new SessionCheckpoints();
  #pageIsReady = false;
  /** What is asked for next; only the last of several wishes is read. */
  #wanted = 0;
  #reading: Promise<void> | undefined;
  #restsUntil = 0;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    shown: SessionPageState,
    private readonly ways: SessionViewWays,
  ) {
    this.#shown = shown;
  }

  get configUri(): string {
    return this.#shown.configUri;
  }

  get session(): string {
    return this.#shown.session;
  }

  /** Whether the page is about this session. */
  shows({ configUri, session, store }: Omit<SessionPageState, 'step'>): boolean {
    const known = this.#shown.store ?? this.#details?.session.store;
    const isThere = store === undefined || known === undefined || store === known;
    return isThere && session === this.session && configUri === this.configUri;
  }

  /** Shows a session, as it was after a step or as it is. */
  async show(shown: SessionPageState): Promise<void> {
    const isOther = JSON.stringify(placeOf(shown)) !== JSON.stringify(placeOf(this.#shown));
    this.#shown = shown;
    if (isOther) {
      this.#details = null;
      this.#events = new SessionEvents();
      this.#checkpoints = new SessionCheckpoints();
      this.#problem = null;
      this.#post();
    }
    await this.refresh();
  }

  /** The session may be another than before: looks again, but not all the time. */
  changed(): void {
    const rest = this.#restsUntil - performance.now();
    if (rest > 0) this.#later ??= setTimeout(() => void this.refresh(), rest);
    else void this.refresh();
  }

  /** Reads the session again; wishes that come meanwhile are one. */
  async refresh(): Promise<void> {
    this.#stopWaiting();
    this.#wanted += 1;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  received(data: unknown): void {
    const message = readSessionMessage(data);
    switch (message?.type) {
      case 'ready':
        this.#pageIsReady = true;
        this.#post();
        break;
      case 'step':
        void this.show({ ...this.#shown, step: message.step });
        break;
      case 'resume':
        this.ways.resume({ ...this.#shown, step: message.step });
        break;
      case 'earlier':
        void this.#readEarlier();
        break;
      case 'events':
        void this.#tell(message.from);
        break;
      case 'outputRequest':
        this.#output(message.request);
        break;
      case 'origin': {
        const origin = this.#details?.session.forkedFrom;
        if (origin != null) void this.show({ ...this.#shown, ...origin });
        break;
      }
    }
  }

  /** A hidden page is thrown away by VS Code; it says that it is ready when it is made anew. */
  pageIsGone(): void {
    this.#pageIsReady = false;
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
  }

  async #readAll(): Promise<void> {
    for (let read = 0; read !== this.#wanted; ) {
      read = this.#wanted;
      await this.#read(this.#shown);
    }
  }

  async #read(shown: SessionPageState): Promise<void> {
    const { configUri, session, step } = shown;
    const before = this.#details?.session.startedAt;
    const began = performance.now();
    try {
      const server = await this.ways.server();
      const params = { ...placeOf(shown), ...(step === null ? {} : { step }) };
      const [details, noResume] = await Promise.all([
        server.request('runagent/sessions/get', params),
        this.ways.cannotResume(configUri),
      ]);
      if (shown !== this.#shown) return;
      // Another session may have been begun by the id of one that was deleted.
      if (before !== undefined && before !== details.session.startedAt) this.#events = new SessionEvents();
      this.#details = this.#checkpoints.withLatest(details);
      [this.#noResume, this.#problem] = [noResume, null];
      this.ways.titled(details.session.input.trim() === '' ? session : details.session.input);
    } catch (error) {
      if (shown !== this.#shown) return;
      this.#problem = messageOf(error);
    }
    const now = performance.now();
    this.#restsUntil = now + REST * (now - began);
    this.#post();
  }

  /** Reads the checkpoints before the first one that is shown. */
  async #readEarlier(): Promise<void> {
    const checkpoints = this.#checkpoints;
    const before = checkpoints.first;
    if (before === undefined) return;
    try {
      const server = await this.ways.server();
      const found = await server.request('runagent/sessions/get', { ...placeOf(this.#shown), before });
      if (checkpoints !== this.#checkpoints || this.#details === null) return;
      this.#details = checkpoints.withEarlier(this.#details, before, found);
    } catch (error) {
      if (checkpoints !== this.#checkpoints) return;
      this.#problem = messageOf(error);
    }
    this.#post();
  }

  /** Tells the page the events that it does not have yet. */
  async #tell(from: number): Promise<void> {
    const { session } = this.#shown;
    const startedAt = this.#details?.session.startedAt;
    const asked = { ...placeOf(this.#shown), ...(startedAt === undefined ? {} : { startedAt }) };
    const events = this.#events;
    let told = from;
    const tell = () => {
      if (events !== this.#events || !this.#pageIsReady) return;
      const news = events.all.slice(told);
      this.ways.post({ type: 'events', session, from: told, events: news, isCut: events.isCut });
      told = events.all.length;
    };
    try {
      await events.read(await this.ways.server(), asked, tell);
    } catch {
      // The page is told by the next look at the session why it cannot be read.
    }
  }

  #output(request: OutputRequest): void {
    if (request.type === 'copyText') this.ways.copy(request.text);
    else if (request.type === 'openLink') this.ways.openLink(request.url);
    else if (request.type === 'output' && request.action === 'open') {
      const lines = this.#events.all.map((event) => `${JSON.stringify(event)}\n`);
      this.ways.openEvents(this.session, lines.join(''));
    }
  }

  #post(): void {
    if (!this.#pageIsReady) return;
    const content: SessionContent = {
      ...this.#shown,
      details: this.#details,
      problem: this.#problem,
      noResume: this.#noResume,
    };
    this.ways.post({ type: 'show', content, ...this.ways.words() });
  }
}
