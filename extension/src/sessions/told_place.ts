import type { AgentServer } from '../server/agent_server';
import type { SessionPageState } from './messages';
import type { ToldSession } from './run_session';

/** How the server is asked for the session that is meant. */
type SessionPlace = Omit<SessionPageState, 'step'>;

/** Seconds by which a moment may differ after it was written down. */
const SAME_MOMENT = 0.001;

/**
 * Where the session is that a run has told of: when both stores have one of its id, in the one that has the event which
 * the run has told. Never rejects: what cannot be read is found out by whoever asks for it.
 */
export async function placeTold(
  server: AgentServer,
  configUri: string,
  { session, event }: ToldSession,
): Promise<SessionPlace> {
  if (event === undefined) return { configUri, session };
  for (const store of ['file', 'sqlite'] as const) {
    const place = { configUri, session, store };
    if (await hasEvent(server, place, event)) return place;
  }
  return { configUri, session };
}

async function hasEvent(
  server: AgentServer,
  place: SessionPlace,
  { seq, at }: NonNullable<ToldSession['event']>,
): Promise<boolean> {
  try {
    const { events } = await server.request('runagent/sessions/events', {
      ...place,
      after: seq - 1,
      limit: 1,
    });
    const [kept] = events;
    return kept?.['seq'] === seq && Math.abs(Number(kept['at']) - at) < SAME_MOMENT;
  } catch {
    return false;
  }
}
