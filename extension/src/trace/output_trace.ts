import type { Chunk } from '../output/chunk';
import { containerAt, spansIn } from './json_spans';
import { TraceReaders } from './readers/registry';
import { Trace } from './trace';

/** Characters that are read without finding anything; an output that holds no trace shall cost little. */
const IN_VAIN_LIMIT = 16_000_000;
/** Elements of a list that are tried before it is left alone. */
const TRIED_ELEMENTS = 5;
/** How deep a list of events may be in a result. */
const DEPTH_LIMIT = 3;

/** Finds what an agent did in its output, chunk by chunk: in values, and in texts that are JSON. */
export class OutputTrace {
  readonly trace = new Trace();
  /** A result was too long for the page, so that its last events are missing. */
  isCut = false;
  /** Something was found. */
  isFound = false;
  #inVain = 0;

  constructor(private readonly readers = new TraceReaders()) {}

  /** The framework that the output tells of; null when nothing was found. */
  get framework(): string | null {
    return this.readers.framework;
  }

  add(chunk: Chunk): void {
    const { text, kind } = chunk;
    if (kind === 'frame' || this.#inVain > IN_VAIN_LIMIT) return;
    if (this.#readAll(chunk)) this.isFound = true;
    else if (!this.isFound) this.#inVain += text.length;
  }

  #readAll(chunk: Chunk): boolean {
    const { text, kind, wholeLength } = chunk;
    const start = containerAt(text, 0);
    if (start < 0) return false;
    if (wholeLength === undefined && this.#readOne(chunk, start, text.length)) return true;
    if (this.#readLists(chunk, start, 1)) return true;
    return kind === 'text' && this.#readLines(chunk);
  }

  /** A line for each event, as logs have it. */
  #readLines(chunk: Chunk): boolean {
    const { text } = chunk;
    let found = false;
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from);
      const end = newline < 0 ? text.length : newline;
      if (containerAt(text, from) >= 0 && this.#readOne(chunk, from, end)) found = true;
      else if (!found) return false;
      from = end + 1;
    }
    return found;
  }

  /** The lists in a result, and in what is around them. */
  #readLists(chunk: Chunk, start: number, depth: number): boolean {
    if (chunk.text[start] === '[') return this.#readList(chunk, start);
    let found = false;
    if (depth >= DEPTH_LIMIT) return found;
    for (const { from } of spansIn(chunk.text, start)) {
      const inner = containerAt(chunk.text, from);
      if (inner >= 0 && this.#readLists(chunk, inner, depth + 1)) found = true;
    }
    return found;
  }

  #readList(chunk: Chunk, start: number): boolean {
    let found = false;
    let tried = 0;
    for (const { from, to } of spansIn(chunk.text, start)) {
      if (to === null) this.isCut ||= found && chunk.wholeLength !== undefined;
      else if (this.#readOne(chunk, from, to)) found = true;
      tried += 1;
      if (!found && tried >= TRIED_ELEMENTS) break;
    }
    return found;
  }

  #readOne({ index, text, atMs }: Chunk, from: number, to: number): boolean {
    let value: unknown;
    try {
      value = JSON.parse(text.slice(from, to));
    } catch {
      return false;
    }
    const events = this.readers.read(value);
    if (events === undefined) return false;
    // Events that come together were not made at that moment.
    const isAlone = from === containerAt(text, 0) && to === text.length;
    const found = { at: { chunk: index, offset: from }, atMs: isAlone ? atMs : null };
    for (const event of events) this.trace.apply(event, found);
    return true;
  }
}
