import { utf8Length } from '../../../output/chunk';
import { OutputFeed } from '../../../output/feed';
import type { OutputRequest } from '../../../output/messages';
import type { RunViewModel } from '../../../runs/view_model';

/** The output of a run whose page hands over the run's state alone: what is in it, by the page's own clock. */
export class BlocksFeed extends OutputFeed {
  readonly #taken = new Map<number, number>();
  #startedAt = 0;
  #next = 0;

  constructor(ask: (request: OutputRequest) => void) {
    super(ask);
  }

  take(run: RunViewModel): void {
    if (run.runId !== this.output.runId) {
      this.#taken.clear();
      this.#next = 0;
      this.#startedAt = performance.now();
      this.show(run.runId, { end: 0, silentMs: 0 });
    }
    const atMs = performance.now() - this.#startedAt;
    for (const { id, kind, text } of run.blocks) {
      const had = this.#taken.get(id) ?? 0;
      if (text.length <= had && this.#taken.has(id)) continue;
      this.#taken.set(id, text.length);
      const piece = text.slice(had);
      const chunk = { index: this.#next, atMs, kind, text: piece, size: utf8Length(piece) };
      this.#next += 1;
      this.output.add([chunk]);
      this.changed();
    }
  }
}
