import type { Run } from '../runs/run';
import type { RunEvent } from '../runs/view_model';
import type { AgentServer } from '../server/agent_server';
import type { KnownRun } from './resume';
import { sessionIn, sessionNamedIn, type ToldSession } from './run_session';
import { placeTold } from './told_place';

/** Runs that are remembered for their inputs; the oldest are forgotten. */
const MOST_KNOWN = 500;

/** Which run has made which session, as its output tells. */
export class RunSessions {
  readonly #known = new Map<string, KnownRun>();

  /** `changed` hears of a run of which more is known. */
  constructor(
    private readonly server: () => Promise<AgentServer>,
    private readonly changed: (run: Run) => void,
  ) {}

  /** The run that has made a session or went on with it last. */
  runOf(configUri: string, session: string): KnownRun | undefined {
    return this.#known.get(keyOf(configUri, session));
  }

  happened(run: Run, event: RunEvent): void {
    if (event.type === 'output') for (const chunk of event.items) this.#found(run, sessionIn(chunk));
    if (event.type !== 'finished') return;
    if (event.value !== undefined) this.#found(run, sessionIn(event.value));
    const named = event.value === undefined ? undefined : sessionNamedIn(event.value);
    const told = run.session ?? named;
    if (told !== undefined) void this.#look(run, told);
  }

  #found(run: Run, told: ToldSession | undefined): void {
    if (told === undefined || told.session === run.session?.session) return;
    this.#remember(run, told.session);
    run.session = { ...told, state: null };
    this.changed(run);
  }

  #remember(run: Run, session: string): void {
    const { configUri, tag, inputs } = run.request;
    const key = keyOf(configUri, session);
    this.#known.delete(key);
    this.#known.set(key, { tag, inputs });
    for (const oldest of this.#known.keys()) if (this.#known.size > MOST_KNOWN) this.#known.delete(oldest);
  }

  /** How the session stands now that its run is over: a run that failed may have left it in the middle. */
  async #look(run: Run, told: ToldSession): Promise<void> {
    try {
      const server = await this.server();
      const place = await placeTold(server, run.request.configUri, told);
      const { state } = (await server.request('runagent/sessions/get', place)).session;
      this.#remember(run, told.session);
      run.session = { ...told, state };
    } catch {
      // Where the agent keeps none, or not in its folder, there is nothing to offer.
      if (run.session === null) return;
      run.session = null;
    }
    this.changed(run);
  }
}

function keyOf(configUri: string, session: string): string {
  return `${configUri}#${session}`;
}
