import type { ServeFailure, ServeLogLine, ServerStatus } from '../server/protocol.generated';
import type { Translate } from '../translate';

/**
 * A piece of an agent's log, each of its lines with when (local time) and which run wrote it, ended by a line break.
 * `tagOf` knows the runs of this window.
 */
export function logText(piece: ServeLogLine, tagOf: (runId: string) => string | undefined): string {
  const time = timeOfDay(piece.atMs);
  const mark = piece.stream === 'stderr' ? ' !' : '';
  const lines = piece.text.replace(/\r?\n$/, '').split(/\r?\n/);
  return lines.map((line) => `${time} [${source(piece, tagOf)}]${mark} ${line}\n`).join('');
}

function timeOfDay(atMs: number): string {
  const minutesBehindUtc = new Date(atMs).getTimezoneOffset();
  return new Date(atMs - minutesBehindUtc * 60_000).toISOString().slice(11, 23);
}

function source({ runId, stream }: ServeLogLine, tagOf: (runId: string) => string | undefined): string {
  if (runId === null) return stream === 'server' ? 'server' : 'agent';
  const tag = tagOf(runId);
  const id = runId.slice(0, 8);
  return tag === undefined ? id : `${tag} ${id}`;
}

/** Why an agent does not start, as the log tells it: what was raised, and where in its own files. */
export function failureText({ code, message, suggestion, frames }: ServeFailure): string {
  const steps = frames.map(({ file, line, function: name, text }) => {
    const place = `  ${file}:${line + 1}${name ? ` in ${name}` : ''}`;
    return text === null ? place : `${place}\n    ${text.trim()}`;
  });
  return [`${code}: ${message}`, ...steps, ...(suggestion === undefined ? [] : [suggestion])].join('\n');
}

/** What a change of state means for whoever reads the log; empty when the log says it otherwise. */
export function stateText(before: ServerStatus | undefined, now: ServerStatus, t: Translate): string {
  if (before?.state === now.state) return '';
  if (now.state === 'stale') return t('The code of before goes on answering.');
  if (now.state === 'stopped') return before === undefined ? '' : t('Stopped.');
  if (now.state !== 'ready' || before === undefined) return '';
  const changed = before.state === 'reloading' || before.state === 'stale';
  return changed ? t('The changed code is served.') : '';
}

/** What is new in a failure: all of it, or the suggestion alone when that was found later. */
export function newInFailure(before: ServeFailure | undefined, now: ServeFailure | undefined): string {
  if (now === undefined) return '';
  const { suggestion, ...rest } = now;
  const { suggestion: suggestedBefore, ...restBefore } = before ?? {};
  if (JSON.stringify(rest) !== JSON.stringify(restBefore)) return failureText(now);
  return suggestion === suggestedBefore ? '' : (suggestion ?? '');
}
