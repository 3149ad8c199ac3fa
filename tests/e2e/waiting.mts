/** Waiting for what a person would wait for: ask again and again, until a limit. */

/** What takes a second on an idle machine may take a minute where others use the processors too. */
export const LIMIT_MS = 120_000;
const PAUSE_MS = 100;
const ATTEMPT_MS = 2000;

/** Resolves with the first truthy answer of `ask`; fails with the last answer or error after the limit.
 *
 * What waits within an attempt gets a limit for it, which grows: a slow machine gets the time that it needs, and what
 * is lost on a quick one is soon tried again. */
export async function eventually<T>(
  what: string,
  ask: (attemptMs: number) => Promise<T> | T,
  limitMs = LIMIT_MS,
): Promise<T> {
  const start = performance.now();
  let last: unknown;
  do {
    try {
      const answer = await ask(Math.max(ATTEMPT_MS, (performance.now() - start) / 2));
      if (answer) return answer;
      last = answer;
    } catch (error) {
      // The page redraws its rows all the time; what is gone now is there at the next look.
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  } while (performance.now() < start + limitMs);
  throw new Error(`not within ${limitMs / 1000} s: ${what} (last: ${String(last)})`);
}
