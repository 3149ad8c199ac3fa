import { duration } from '../duration';
import type {
  SessionCheckpoint,
  SessionDetails,
  SessionSummary,
  SessionTool,
} from '../server/protocol.generated';
import { counted, fill, wordFor } from '../translate';
import type { SessionWords } from './words';

/** When something was, in milliseconds since 1970, in the user's own way of writing it. */
export function timeText(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

/** What can be said of a session beside its input, in parts. */
export function sessionFacts(session: SessionSummary, words: SessionWords, locale: string): string[] {
  const { agent, steps, entityCount, startedAt } = session;
  return [
    agent,
    fill(words.started, timeText(startedAt, locale)),
    counted(steps, words.oneStep, words.steps, locale),
    ...(entityCount === 0 ? [] : [counted(entityCount, words.oneEntity, words.entityCount, locale)]),
  ];
}

/** Whether it goes on, and why it ended if it did. */
export function stateText({ state, reason }: SessionSummary, words: SessionWords): string {
  return (
    (state === 'ended' && reason !== null ? wordFor(words.reasons, reason) : undefined) ?? words.states[state]
  );
}

/** What a step took. */
export function checkpointFacts(checkpoint: SessionCheckpoint, words: SessionWords, locale: string): string {
  const { inputTokens, outputTokens, elapsedMs } = checkpoint;
  const tokens =
    inputTokens + outputTokens === 0
      ? []
      : [fill(words.tokens, inputTokens.toLocaleString(locale), outputTokens.toLocaleString(locale))];
  return [duration(elapsedMs), ...tokens].join(' · ');
}

/** A tool with what went wrong. */
export function toolText({ tool, ok, error }: SessionTool, words: SessionWords): string {
  const name = tool ?? words.noTool;
  return ok || error === null ? name : `${name}: ${wordFor(words.errors, error) ?? error}`;
}

/** What comes of resuming a session after a step, or as it is; the last two: nothing. */
export function resumingAfter(
  step: number | null,
  { session, checkpoints }: Pick<SessionDetails, 'session' | 'checkpoints'>,
): 'goesOn' | 'forks' | 'isRunning' | 'hasEnded' {
  if (session.state === 'running') return 'isRunning';
  const isLast = step === null || step === checkpoints.at(-1)?.step;
  if (session.state === 'interrupted' && isLast) return 'goesOn';
  return step === null ? 'hasEnded' : 'forks';
}
