import { OutputTrace } from '../trace/output_trace';
import type { Chunk } from './chunk';
import { ChunkLog } from './chunk_log';
import { type ChunkText, ChunkTexts, PAGE_SIZE } from './chunk_texts';
import { Gaps } from './gaps';
import { CHUNKS_AT_ONCE, type OutputAnswer, type OutputRequest, type OutputStart } from './messages';
import { MarkdownSegments, PlainSegments } from './segments';

/** Characters of output that the page keeps; it asks for others again when they are to be drawn. */
export const PAGE_CHARACTERS = 8_000_000;
/** Chunks that the page knows of; when there are more, it starts afresh with those that come. */
const PAGE_CHUNKS = 1_000_000;

type Ask = (request: OutputRequest) => void;

/**
 * The output of a run on the page. It hears of chunks as they come; what came before the page was shown it asks for.
 * Times and sizes of all chunks are kept, and a window of the texts.
 */
export class PageOutput {
  readonly textSegments: MarkdownSegments;
  readonly rawSegments = new PlainSegments();
  readonly gaps = new Gaps();
  readonly log: ChunkLog;
  /** Bytes of all chunks that are known. */
  bytes = 0;
  readonly #texts = new ChunkTexts(PAGE_CHARACTERS);
  /** The beginnings and ends of stretches that were asked for to be drawn. */
  readonly #asked = new Map<number, number>();
  readonly #lost = new Set<number>();
  /** Where the stretch begins that was asked for to catch up with the run. */
  #comingFrom: number | undefined;
  #lastSeq: number | undefined;

  constructor(
    readonly runId: string,
    private readonly ask: Ask,
    first = 0,
    /** What the agent did, as far as it says so; it goes on where the page starts afresh. */
    readonly trace = new OutputTrace(),
  ) {
    this.log = new ChunkLog(first);
    this.textSegments = new MarkdownSegments(this.log);
  }

  /** Asks for what has come before the page was shown. */
  start({ end }: OutputStart): void {
    if (end > this.log.end) this.#comeUp();
  }

  get isFull(): boolean {
    return this.log.end - this.log.first >= PAGE_CHUNKS;
  }

  add(chunks: readonly Chunk[], seq?: number): void {
    if (seq !== undefined) this.#lastSeq = seq;
    for (const chunk of chunks) {
      if (chunk.index > this.log.end) {
        this.#comeUp();
        break;
      }
      if (chunk.index === this.log.end) this.#add(chunk);
    }
    this.textSegments.settle();
  }

  /** The run is over and recorded, so that what was lost may be there again. */
  runIsOver(): void {
    this.#lost.clear();
  }

  /** The batch that is on the screen once everything that is known is drawn; undefined when there is no new one. */
  takeSeq(): number | undefined {
    // Behind, the page does not say that it has drawn what it has not got: the agent waits until it has come up.
    if (this.#comingFrom !== undefined) return undefined;
    const seq = this.#lastSeq;
    this.#lastSeq = undefined;
    return seq;
  }

  received({ from, items, to, end }: Extract<OutputAnswer, { type: 'chunks' }>): void {
    if (from !== this.#comingFrom) {
      this.#asked.delete(from);
      this.#putTexts(from, items, to);
      return;
    }
    this.#comingFrom = undefined;
    for (const item of items) {
      this.#loseUpTo(item.index);
      if (item.index === this.log.end) this.#add(item);
    }
    this.#loseUpTo(to);
    this.textSegments.settle();
    if (this.log.end < end) this.#comeUp();
  }

  /** The text of a chunk if it is here. */
  peek(chunk: number): ChunkText | undefined {
    return this.#texts.get(chunk);
  }

  /** The text of a chunk: what it is, or that it was asked for, or that nobody has it any more. */
  text(chunk: number): ChunkText | 'coming' | 'lost' {
    const kept = this.#texts.get(chunk);
    if (kept !== undefined) return kept;
    if (this.#lost.has(chunk)) return 'lost';
    for (const [from, to] of this.#asked) if (from <= chunk && chunk < to) return 'coming';
    // To the end of its page, for its neighbours are on the screen with it.
    const to = Math.min((Math.floor(chunk / PAGE_SIZE) + 1) * PAGE_SIZE, this.log.end);
    this.#asked.set(chunk, to);
    this.ask({ type: 'chunks', runId: this.runId, from: chunk, count: to - chunk });
    return 'coming';
  }

  #comeUp(): void {
    if (this.#comingFrom !== undefined) return;
    this.#comingFrom = this.log.end;
    this.ask({ type: 'chunks', runId: this.runId, from: this.log.end, count: CHUNKS_AT_ONCE });
  }

  /** The numbers of the chunks have no holes, so those that are lost are there without a text. */
  #loseUpTo(end: number): void {
    for (let index = this.log.end; index < end; index += 1) {
      this.#lost.add(index);
      this.#count({ index, atMs: this.log.atMs(index - 1), size: 0, kind: 'frame', text: '' });
    }
  }

  #add(item: Chunk): void {
    this.#texts.put(item.index, textOf(item));
    this.trace.add(item);
    this.#count(item);
  }

  #count(item: Chunk): void {
    const { index, size } = item;
    this.log.add(item);
    this.bytes += size;
    if (index > 0) this.gaps.add(this.log.gapMs(index), index);
    this.textSegments.add(item);
    this.rawSegments.add(item);
  }

  #putTexts(from: number, items: readonly Chunk[], to: number): void {
    for (const item of items) this.#texts.put(item.index, textOf(item));
    const had = new Set(items.map(({ index }) => index));
    for (let chunk = from; chunk < to; chunk += 1) if (!had.has(chunk)) this.#lost.add(chunk);
  }
}

function textOf({ text, wholeLength }: Chunk): ChunkText {
  return wholeLength === undefined ? { text } : { text, wholeLength };
}
