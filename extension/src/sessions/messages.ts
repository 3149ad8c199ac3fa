import { type OutputRequest, readOutputRequest } from '../output/messages';
import type { OutputWords } from '../output/words';
import type { SessionDetails, SessionSummary, SessionsEventsResult } from '../server/protocol.generated';
import { SESSION_TABS, type SessionTab, type SessionWords } from './words';

/** Everything on the page of a session. */
export interface SessionContent {
  readonly configUri: string;
  /** Its id. */
  readonly session: string;
  /** Where it is kept; without it, in the first store that has one of this id. */
  readonly store?: SessionSummary['store'];
  /** The step that was chosen; null: the session as it is. */
  readonly step: number | null;
  /** Null while it is being read, and when it cannot be. */
  readonly details: SessionDetails | null;
  /** Why it cannot be read. */
  readonly problem: string | null;
  /** Why it cannot be resumed; null while all is well. */
  readonly noResume: string | null;
}

/** What VS Code keeps of the page while the window is closed. */
export type SessionPageState = Pick<SessionContent, 'configUri' | 'session' | 'store' | 'step'>;

/** An event of the session as the runtime keeps it. */
export type KeptEvent = SessionsEventsResult['events'][number];

/** From the extension to the page. */
export type SessionHostMessage =
  /** Replaces whatever is there. */
  | {
      readonly type: 'show';
      readonly content: SessionContent;
      readonly words: SessionWords;
      /** Those of the trace. */
      readonly outputWords: OutputWords;
    }
  /** Events of the session, those before `from` left out. */
  | {
      readonly type: 'events';
      readonly session: string;
      readonly from: number;
      readonly events: readonly KeptEvent[];
      /** Whether there are more than can be shown. */
      readonly isCut: boolean;
    };

/** From the page to the extension. */
export type SessionPageMessage =
  | { readonly type: 'ready' }
  /** Shows the session as it was after a step; null: as it is. */
  | { readonly type: 'step'; readonly step: number | null }
  /** Goes on after a step; null: after the last one. */
  | { readonly type: 'resume'; readonly step: number | null }
  /** Shows the session that this one branched off. */
  | { readonly type: 'origin' }
  /** Wants checkpoints before the first that is there. */
  | { readonly type: 'earlier' }
  /** Wants the events that have come since, `from` of which are there. */
  | { readonly type: 'events'; readonly from: number }
  /** What the trace asks for. */
  | { readonly type: 'outputRequest'; readonly request: OutputRequest };

/** The message, if it is one; a page that shows hostile contents is not trusted to send what it should. */
export function readSessionMessage(data: unknown): SessionPageMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, step, from, request } = data as Record<string, unknown>;
  switch (type) {
    case 'ready':
    case 'origin':
    case 'earlier':
      return { type };
    case 'step':
    case 'resume':
      return step === null || isStep(step) ? { type, step } : undefined;
    case 'events':
      return isStep(from) ? { type, from } : undefined;
    case 'outputRequest': {
      const known = readOutputRequest(request);
      return known === undefined ? undefined : { type, request: known };
    }
    default:
      return undefined;
  }
}

/** The state, if it is one: it comes from a file of VS Code's and may be of another version. A row of the tree is one, too. */
export function readSessionState(value: unknown): SessionPageState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { configUri, session, store, step } = value as Record<string, unknown>;
  if (typeof configUri !== 'string' || typeof session !== 'string') return undefined;
  const where: Pick<SessionPageState, 'store'> = store === 'file' || store === 'sqlite' ? { store } : {};
  return { configUri, session, ...where, step: isStep(step) ? step : null };
}

/** What was looked at of the session, as the page keeps it for itself; null when nothing was chosen. */
export function readSessionTab(value: unknown): SessionTab | null {
  if (typeof value !== 'object' || value === null) return null;
  const { tab } = value as Record<string, unknown>;
  return SESSION_TABS.find((name) => name === tab) ?? null;
}

/** How the server is asked for a session. */
export function placeOf({
  configUri,
  session,
  store,
}: Omit<SessionPageState, 'step'>): Omit<SessionPageState, 'step'> {
  return { configUri, session, ...(store === undefined ? {} : { store }) };
}

export function isStep(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
