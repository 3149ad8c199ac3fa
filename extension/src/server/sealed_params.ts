/** What a trace shows in the place of a secret. */
export const HIDDEN = '[hidden]';

type Params = Readonly<Record<string, unknown>>;

/**
 * Lets secrets pass a connection that writes what it sends into a log. The connection gets parameters with the texts
 * hidden, so no form of its trace can hold them; the writer below it, which traces nothing, puts them back.
 */
export class SealedParams {
  readonly #opened = new WeakMap<object, Params>();

  /** Stands for `params` until it is written. */
  seal(params: Params): Params {
    const shown = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, value === null ? null : HIDDEN]),
    );
    this.#opened.set(shown, params);
    return shown;
  }

  /** The message as the receiver is to get it. */
  open<M extends object>(message: M): M {
    const params = 'params' in message ? message.params : undefined;
    const opened = typeof params === 'object' && params !== null ? this.#opened.get(params) : undefined;
    return opened === undefined ? message : { ...message, params: opened };
  }
}
