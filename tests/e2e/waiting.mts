/** Waiting for what a person would wait for: ask again and again, until a limit. */

const LIMIT_MS = 30_000;
const PAUSE_MS = 100;

/** Resolves with the first truthy answer of `ask`; fails with the last answer or error after the limit. */
export async function eventually<T>(what: string, ask: () => Promise<T> | T, limitMs = LIMIT_MS): Promise<T> {
  const end = performance.now() + limitMs;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      // The page redraws its rows all the time; what is gone now is there at the next look.
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  } while (performance.now() < end);
  throw new Error(`not within ${limitMs / 1000} s: ${what} (last: ${String(last)})`);
}
