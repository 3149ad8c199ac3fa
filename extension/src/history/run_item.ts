import { duration } from '../duration';
import type { HistoryMatch, HistorySummary } from '../server/protocol.generated';

/** Words of the history; the texts are translated where `vscode.l10n` is. */
export interface HistoryWords {
  readonly states: Readonly<Record<HistorySummary['state'], string>>;
  readonly inCloud: string;
  readonly pinned: string;
}

/** A row of the list of runs. */
export interface RunRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

const ICONS: Readonly<Record<HistorySummary['state'], string>> = {
  running: 'sync',
  completed: 'pass',
  failed: 'error',
  cancelled: 'circle-slash',
  interrupted: 'debug-disconnect',
};

/**
 * The row of a run: the state is there in words too, since a screen reader says nothing of the icon. `match` is the
 * place where a searched text was found.
 */
export function runRow(
  run: HistorySummary,
  words: HistoryWords,
  locale: string,
  match?: Pick<HistoryMatch, 'excerpt'>,
): RunRow {
  const facts = [words.states[run.state], startedAt(run, locale)];
  if (run.elapsedMs !== null) facts.push(duration(run.elapsedMs));
  if (run.target?.cloud) facts.push(words.inCloud);
  if (run.pinned) facts.push(words.pinned);
  return {
    label: `$(${ICONS[run.state]}) ${run.tag}${run.pinned ? ' $(pinned)' : ''}`,
    description: facts.join(' · '),
    detail: oneLine(match?.excerpt ?? run.problem ?? run.inputs),
  };
}

/** When a run, or the newest of a group, began, in the user's own way of writing it. */
export function startedAt(run: Pick<HistorySummary, 'startedAt'>, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  return format.format(new Date(run.startedAt * 1000));
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago something was, both in seconds since 1970; what is to come counts as now. */
export function timeAgo(then: number, now: number, locale: string): string {
  const seconds = Math.max(0, now - then);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const [unit, length] = UNITS.find(([, unitLength]) => seconds >= unitLength) ?? ['second', 60];
  return format.format(-Math.floor(seconds / length), unit);
}

const LONGEST = 160;

/** The beginning of a text on one line, `longest` characters at most. */
export function oneLine(text: string, longest = LONGEST): string {
  // Icons are for us to set: what an agent or a user wrote stays text.
  const line = text.replaceAll('$(', '$ (').replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
