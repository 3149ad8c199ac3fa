import type { Chunk } from './chunk';
import type { OutputAnswer, OutputRequest, OutputStart } from './messages';
import { PageOutput } from './page_output';
import { Search } from './search';

/** What the page hears of a run, as far as its output is concerned. */
export type OutputEvent =
  | { readonly type: 'output'; readonly seq: number; readonly items: readonly Chunk[] }
  | { readonly type: 'finished'; readonly value?: Chunk };

/** Brings the output of the run that the page shows from the extension to what draws it. */
export class OutputFeed {
  output: PageOutput;
  search: Search;
  /** When the newest chunk came, by the page's clock in milliseconds. */
  lastChunkAt = 0;
  /** Called when there is something to draw. */
  changed: () => void = () => undefined;
  /** Called when something that was asked for is done. */
  done: (answer: Extract<OutputAnswer, { type: 'done' }>) => void = () => undefined;

  constructor(
    readonly ask: (request: OutputRequest) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.output = new PageOutput('', ask);
    this.search = new Search('', ask);
  }

  /** Another run is shown, or the same one on a page that was made anew. */
  show(runId: string, start: OutputStart): void {
    const { query } = this.search;
    this.output = new PageOutput(runId, this.ask);
    this.search = new Search(runId, this.ask);
    this.lastChunkAt = this.now() - start.silentMs;
    this.output.start(start);
    if (query !== null) this.search.start(query, start.end);
    this.changed();
  }

  /** Every event of the run may be handed over; those without output say nothing here. */
  apply(event: OutputEvent | { readonly type: 'state' | 'cancelling' | 'cancelAnswer' }): void {
    if (event.type === 'output') {
      this.#makeRoom();
      this.lastChunkAt = this.now();
      this.output.add(event.items, event.seq);
    } else if (event.type === 'finished') {
      this.output.runIsOver();
      if (event.value !== undefined) this.output.add([event.value]);
    } else return;
    this.changed();
  }

  received(answer: OutputAnswer): void {
    if (answer.runId !== this.output.runId) return;
    if (answer.type === 'chunks') this.output.received(answer);
    else if (answer.type === 'found') this.search.received(answer);
    else this.done(answer);
    this.changed();
  }

  #makeRoom(): void {
    const { output } = this;
    if (output.isFull) this.output = new PageOutput(output.runId, this.ask, output.log.end, output.trace);
  }
}
