/** The error of a wait that took longer than it may. */
export class DeadlineError extends Error {
  constructor(readonly milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    this.name = 'DeadlineError';
  }
}

/**
 * The result of `work`, or a `DeadlineError` after `milliseconds`. The work itself cannot be stopped from here;
 * whoever started it ends it through `signal`, which is aborted at the deadline.
 */
export async function withDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => PromiseLike<T>,
): Promise<T> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineError(milliseconds));
      abort.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([work(abort.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
