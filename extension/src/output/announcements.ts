import type { PageOutput } from './page_output';

/** Between two announcements. */
const PAUSE_MS = 3_000;
/** More than this nobody can listen to before the next one. */
const LENGTH_LIMIT = 300;

/** What a screen reader says of output that comes, now and then instead of chunk by chunk. */
export class Announcements {
  #output: PageOutput | undefined;
  #said = 0;
  #saidAt = Number.NEGATIVE_INFINITY;

  /** The new output, or how much of it there is by `summary`; undefined when it is not time yet. */
  next(output: PageOutput, now: number, summary: (chunks: number) => string): string | undefined {
    if (output !== this.#output) {
      this.#output = output;
      this.#said = output.log.first;
    }
    const { end } = output.log;
    if (end === this.#said || now - this.#saidAt < PAUSE_MS) return undefined;
    const chunks = end - this.#said;
    // Events are data: what they mean is in the summary.
    const text = output.trace.isFound ? undefined : this.#newText(output);
    this.#said = end;
    this.#saidAt = now;
    return text ?? summary(chunks);
  }

  #newText(output: PageOutput): string | undefined {
    let text = '';
    for (let chunk = this.#said; chunk < output.log.end; chunk += 1) {
      text += output.peek(chunk)?.text ?? '';
      if (text.length > LENGTH_LIMIT) return undefined;
    }
    return text;
  }
}
