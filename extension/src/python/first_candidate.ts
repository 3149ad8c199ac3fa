import { withDeadline } from './deadline';
import type { Rung } from './ladder';

/**
 * The first program that a rung names, each rung within its own time. Whether it fits is for the one to say who starts
 * it: an agent may need a Python that could not run the language server.
 */
export async function firstCandidate(rungs: readonly Rung[]): Promise<string | undefined> {
  for (const rung of rungs) {
    const found = await withDeadline(rung.limitMs, (signal) => rung.candidates(signal)).catch(
      () => undefined,
    );
    if (found === undefined || 'absent' in found) continue;
    const [executable] = found;
    if (executable !== undefined) return executable;
  }
  return undefined;
}
