import { chunkOf, chunkOfValue } from '../output/chunk';
import { sessionIn, sessionNamedIn, type ToldSession } from '../sessions/run_session';
import type { StoredRun } from './transcript_text';

/** What the history has in place of a value that it did not keep. */
const REDACTED = '[redacted]';

/**
 * The session of the agent runtime that a kept run has made or gone on with, as its output tells; undefined when it tells
 * of none, or what it told was not kept.
 */
export function storedSession({ run, items }: Pick<StoredRun, 'run' | 'items'>): ToldSession | undefined {
  const last = 'value' in run ? [chunkOfValue(run.value, { index: items.length, atMs: 0 })] : [];
  const told = [...items.map(chunkOf), ...last].map(sessionIn).findLast((session) => session !== undefined);
  const found = told ?? last.map(sessionNamedIn)[0];
  return found?.session === REDACTED ? undefined : found;
}
