import { oneLine, timeAgo } from '../history/run_item';
import type { SessionSummary, SessionsResult } from '../server/protocol.generated';
import { stateText, timeText } from '../sessions/session_text';
import type { SessionWords } from '../sessions/words';
import { counted, fill, type Translate } from '../translate';
import type { TreeRow } from './tree_row';

/** Holds the sessions that an agent keeps. */
export interface SessionsNode {
  readonly kind: 'sessions';
  readonly configUri: string;
  readonly list: SessionsResult;
}

/** A session. Commands find it by `configUri`, `session` and `store`. */
export interface SessionNode {
  readonly kind: 'session';
  readonly configUri: string;
  /** Its id. */
  readonly session: string;
  readonly store: SessionSummary['store'];
  readonly summary: SessionSummary;
}

/** The group of an agent's sessions, if there is something to say. */
export function sessionsNode(configUri: string, list: SessionsResult | undefined): SessionsNode[] {
  if (list === undefined || list.sessions.length + list.problems.length === 0) return [];
  return [{ kind: 'sessions', configUri, list }];
}

export function sessionNodes({ configUri, list }: SessionsNode): SessionNode[] {
  return list.sessions.map((summary) => ({
    kind: 'session',
    configUri,
    session: summary.session,
    store: summary.store,
    summary,
  }));
}

export function sessionsRow({ configUri, list }: SessionsNode, t: Translate): TreeRow {
  const { sessions, isCut, problems } = list;
  const count = isCut ? t('the newest {0}', sessions.length) : String(sessions.length);
  const interrupted = sessions.filter(({ state }) => state === 'interrupted').length;
  const parts = [count, interrupted === 0 ? '' : t('{0} interrupted', interrupted)];
  const said = [t('Sessions of the agent runtime that this agent keeps: {0}', count), ...problems];
  return {
    id: `${configUri}#sessions`,
    label: t('Sessions'),
    description: parts.filter((part) => part !== '').join(' · '),
    tooltip: said.join('\n'),
    icon: problems.length === 0 ? { id: 'layers' } : { id: 'warning', color: 'list.warningForeground' },
    context: 'sessions',
    expands: 'closed',
  };
}

/** What the rows of sessions are written with. */
export interface SessionRowContext {
  readonly words: SessionWords;
  readonly locale: string;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Longer ones would push out of a narrow side bar how the session stands. */
const LABEL_LENGTH = 22;

export function sessionRow(
  { configUri, session, store, summary }: SessionNode,
  context: SessionRowContext,
): TreeRow {
  const { words, locale, now } = context;
  const { input, state, steps, startedAt, lastAt, forkedFrom } = summary;
  const stands = stateText(summary, words);
  const taken = counted(steps, words.oneStep, words.steps, locale);
  const label = oneLine(input, LABEL_LENGTH);
  const fork = forkedFrom === null ? '' : fill(words.forkedFrom, String(forkedFrom.step), forkedFrom.session);
  return {
    id: `${configUri}#sessions/${store}/${session}`,
    label: label === '' ? session : label,
    description: [timeAgo(lastAt / 1000, now, locale), taken, stands].join(' · '),
    tooltip: [
      oneLine(input),
      `${stands}, ${taken}`,
      fill(words.started, timeText(startedAt, locale)),
      fork,
      session,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    icon: iconOf(summary),
    context: `session.${state}`,
    expands: 'no',
  };
}

function iconOf({ state, reason }: SessionSummary): TreeRow['icon'] {
  if (state === 'running') return { id: 'loading~spin' };
  if (state === 'interrupted') return { id: 'debug-disconnect', color: 'list.warningForeground' };
  if (reason === 'answered') return { id: 'pass', color: 'testing.iconPassed' };
  if (reason === 'failed') return { id: 'error', color: 'testing.iconFailed' };
  return { id: 'circle-slash', color: 'testing.iconSkipped' };
}
