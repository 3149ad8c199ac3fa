import MarkdownIt, { type Token } from 'markdown-it';

/** Characters of a part that is still growing; a longer one is split although its block goes on. */
export const TAIL_LIMIT = 4_000;

/** Structure only: what the words of a block mean has no part in where it ends. */
const reader = new MarkdownIt('commonmark', { html: false }).enable(['table', 'strikethrough']);

/** Markdown to be rendered by itself: `prefix` and then the text. The prefix opens a code block again. */
export interface MarkdownPart {
  readonly prefix: string;
  /** UTF-16 units of the text that the part takes. */
  readonly length: number;
}

/** Characters that are looked at together: bounds the work on text that is one endless block. */
const LOOK_LIMIT = 4 * TAIL_LIMIT;

/**
 * Splits growing Markdown into top-level blocks. A block is settled once another has begun in a complete line: the
 * last line may still become anything. Each part can be rendered without the others.
 */
export class MarkdownParts {
  #pending = '';
  #prefix = '';
  #hasNewLine = false;

  /** Takes more text. */
  add(text: string): void {
    this.#pending += text;
    this.#hasNewLine ||= text.includes('\n');
  }

  /** The parts that nothing which follows can change any more. This reads all of the tail, so not for each chunk. */
  settle(): MarkdownPart[] {
    if (!this.#hasNewLine && this.#pending.length <= TAIL_LIMIT) return [];
    this.#hasNewLine = false;
    const settled: MarkdownPart[] = [];
    for (;;) {
      const parts = this.#step();
      settled.push(...parts);
      if (parts.length === 0) return settled;
    }
  }

  /** What is not settled yet. */
  get tail(): { readonly prefix: string; readonly text: string } {
    return { prefix: this.#prefix, text: this.#pending };
  }

  #step(): MarkdownPart[] {
    const seen = this.#pending.slice(0, LOOK_LIMIT);
    const parts = settledIn(seen, this.#prefix);
    for (const part of parts) this.#take(part.length, '');
    if (parts.length > 0 || seen.length <= TAIL_LIMIT) return parts;
    const prefix = this.#prefix;
    const length = splitPoint(seen.slice(0, TAIL_LIMIT));
    this.#take(length, openFence(prefix + seen.slice(0, length)));
    return [{ prefix, length }];
  }

  #take(length: number, prefix: string): void {
    this.#pending = this.#pending.slice(length);
    this.#prefix = prefix;
  }
}

function settledIn(text: string, prefix: string): MarkdownPart[] {
  const source = prefix + text.slice(0, text.lastIndexOf('\n') + 1);
  const starts = lineStarts(source);
  const parts: MarkdownPart[] = [];
  let end = 0;
  for (const { map } of topLevel(source).slice(1)) {
    const start = (starts[map?.[0] ?? 0] ?? 0) - prefix.length;
    parts.push({ prefix: end === 0 ? prefix : '', length: start - end });
    end = start;
  }
  return parts;
}

function topLevel(source: string): Token[] {
  const tokens: Token[] = [];
  reader.block.parse(source, reader, {}, tokens);
  return tokens.filter(({ level, nesting, map }) => level === 0 && nesting >= 0 && map !== null);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** After a blank line, else after a line, else after a word, else between two characters. */
function splitPoint(text: string): number {
  for (const separator of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(separator);
    if (at > 0) return at + separator.length;
  }
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}

/** The line that opens the code block again in which `source` ends; empty when it ends in none. */
function openFence(source: string): string {
  const last = topLevel(`${source}\nx`).at(-1);
  return last?.type === 'fence' ? `${last.markup}${last.info}\n` : '';
}
