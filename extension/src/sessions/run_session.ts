import type { Chunk } from '../output/chunk';
import type { SessionState } from '../server/protocol.generated';

/** A session of the agent runtime, as the output of a run tells of it. */
export interface ToldSession {
  /** Its id. */
  readonly session: string;
  /** The event with which the run began it or went on with it; without it, only the id is told. */
  readonly event?: { readonly seq: number; readonly at: number };
}

/** The session of the agent runtime that a run has made or goes on with. */
export interface RunSession extends ToldSession {
  /** As it is kept; null while nobody has looked. */
  readonly state: SessionState | null;
}

const OF_A_SESSION = new Set(['session_started', 'session_resumed']);
/** Characters of a piece that is looked into; one that holds a whole session can be long. */
const LONGEST = 5_000_000;

/** The session that a piece of output says to begin or to go on, the last one if it names several. */
export function sessionIn({ kind, text, wholeLength }: Chunk): ToldSession | undefined {
  // Most pieces say nothing of it, and are not read.
  const isWhole = wholeLength === undefined && text.length <= LONGEST;
  if (kind !== 'value' || !isWhole || !text.includes('"session_')) return undefined;
  const value = parsed(text);
  return eventsIn(value)
    .map(sessionOf)
    .findLast((session) => session !== undefined);
}

/** What a result names as its session; whether there is one is for others to find out. */
export function sessionNamedIn({ kind, text, wholeLength }: Chunk): ToldSession | undefined {
  const isWhole = wholeLength === undefined && text.length <= LONGEST;
  if (kind !== 'value' || !isWhole || !text.includes('"session"')) return undefined;
  const value = parsed(text);
  const session =
    typeof value === 'object' && value !== null && 'session' in value ? value.session : undefined;
  return typeof session === 'string' ? { session } : undefined;
}

/** An event alone, a list of them, or a list that is a member of a result. */
function eventsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap((member) => (Array.isArray(member) ? member : []))];
}

function sessionOf(event: unknown): ToldSession | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const { type, session, seq, at } = event as Record<string, unknown>;
  const isOurs = typeof type === 'string' && OF_A_SESSION.has(type);
  if (!isOurs || typeof session !== 'string' || typeof seq !== 'number' || !Number.isSafeInteger(seq)) {
    return undefined;
  }
  return { session, ...(typeof at === 'number' ? { event: { seq, at } } : {}) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
