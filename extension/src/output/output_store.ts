import type { OutputItem } from '../server/protocol.generated';
import { type Chunk, chunkOf, chunkOfValue, prettyText } from './chunk';
import { ChunkLog } from './chunk_log';
import { ChunkTexts } from './chunk_texts';

/** Characters of output that are kept in the extension; older ones are in the history. */
const KEPT_CHARACTERS = 32_000_000;

/** Characters that are read at once, unless one chunk alone has more. */
const READ_CHARACTERS = 1_000_000;

/** Chunks in order, up to number `to`. Those that are not among them are lost. */
export interface Stretch {
  readonly items: readonly Chunk[];
  readonly to: number;
}

/** Reads chunks of a recorded run, in order, from chunk `from` on; fewer than `count` where they are long. */
export type ReadHistory = (from: number, count: number) => Promise<readonly OutputItem[]>;

/** The output of a run in the extension: times and sizes of all chunks, the texts up to a limit. */
export class OutputStore {
  readonly log = new ChunkLog();
  /** Where texts are read that are no longer kept here, as soon as the run is recorded. */
  history: ReadHistory | undefined;
  readonly #texts: ChunkTexts;

  constructor(limit = KEPT_CHARACTERS) {
    this.#texts = new ChunkTexts(limit);
  }

  /** Chunks that have come so far. */
  get end(): number {
    return this.log.end;
  }

  add(items: readonly OutputItem[]): Chunk[] {
    return items.map((item) => this.#keep({ ...chunkOf(item), index: this.log.end }));
  }

  /** The result of a call, as the last chunk. */
  addValue(value: unknown, atMs: number): Chunk {
    return this.#keep(chunkOfValue(value, { index: this.log.end, atMs }));
  }

  /** Chunks from `from` on; so many that their texts have `characters` together, but at least one. */
  async read(from: number, count: number, characters = READ_CHARACTERS): Promise<Stretch> {
    const end = Math.min(from + count, this.end);
    const items: Chunk[] = [];
    let room = characters;
    let chunk = from;
    while (chunk < end && room > 0) {
      const item = this.#item(chunk);
      const found = item === undefined ? await this.#recorded(chunk, end) : { items: [item], to: chunk + 1 };
      items.push(...found.items);
      chunk = found.to;
      room -= found.items.reduce((sum, { text }) => sum + text.length, 0);
    }
    return { items, to: chunk };
  }

  /** The whole output as a document: text as it came, values on lines of their own. */
  async document(lost: (count: number) => string): Promise<string> {
    const parts: string[] = [];
    let expected = 0;
    const note = (chunk: number) => {
      if (chunk > expected) parts.push(onOwnLine(parts, `[${lost(chunk - expected)}]`));
      expected = chunk;
    };
    for (let from = 0; from < this.end; ) {
      const { items, to } = await this.read(from, this.end);
      for (const item of items) {
        note(item.index);
        expected = item.index + 1;
        parts.push(item.kind === 'text' ? item.text : onOwnLine(parts, prettyText(item)));
      }
      from = to;
    }
    note(this.end);
    return parts.join('');
  }

  /** A line of JSON for each chunk, with its time. */
  async jsonLines(): Promise<string> {
    const lines: string[] = [];
    for (let from = 0; from < this.end; ) {
      const { items, to } = await this.read(from, this.end);
      for (const { index, atMs, kind, text } of items) {
        const value = kind === 'value' ? text : JSON.stringify(text);
        lines.push(`{"index":${index},"atMs":${atMs},"type":"${kind}","value":${value}}`);
      }
      from = to;
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  #keep(item: Chunk): Chunk {
    this.log.add(item);
    this.#texts.put(item.index, item);
    return item;
  }

  #item(chunk: number): Chunk | undefined {
    const kept = this.#texts.get(chunk);
    if (kept === undefined) return undefined;
    const { log } = this;
    return {
      index: chunk,
      atMs: log.atMs(chunk),
      size: log.size(chunk),
      kind: log.kind(chunk),
      ...kept,
    };
  }

  /** Chunks that are no longer kept here, as far as the history has them. */
  async #recorded(from: number, end: number): Promise<Stretch> {
    let missing = from + 1;
    while (missing < end && this.#texts.get(missing) === undefined) missing += 1;
    const read = (await this.history?.(from, missing - from)) ?? [];
    // The history may have let go of chunks in the middle.
    const items = read.filter(({ index }) => index >= from && index < missing).map(chunkOf);
    const last = items.at(-1);
    return { items, to: last === undefined ? missing : last.index + 1 };
  }
}

function onOwnLine(parts: readonly string[], text: string): string {
  const atLineStart = parts.at(-1)?.endsWith('\n') ?? true;
  return `${atLineStart ? '' : '\n'}${text}\n`;
}
