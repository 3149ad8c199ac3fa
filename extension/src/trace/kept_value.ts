import { brief } from '../output/json_rows';
import { jsonText } from '../output/json_text';

/** Characters of one value that are kept. */
const VALUE_LIMIT = 100_000;
/** Characters of all values that are kept; of older ones only what they begin with is known. */
const KEPT_CHARACTERS = 16_000_000;
const BRIEF_LIMIT = 300;

/** A text or a JSON value of a trace, as much of it as is kept. */
export class KeptValue {
  /** What is kept; null once it had to make room. */
  #text: string | null = '';
  #brief: string | undefined;
  #parts: { readonly value: object | undefined } | undefined;
  #length = 0;

  constructor(readonly isJson: boolean) {}

  /** Characters of the whole value. */
  get length(): number {
    return this.#length;
  }

  get text(): string | null {
    return this.#text;
  }

  /** Not all of it is kept. */
  get isCut(): boolean {
    return this.#text === null || this.#text.length < this.#length;
  }

  /** What it begins with, in one line of at most some hundred characters. */
  get brief(): string {
    this.#brief ??= this.#makeBrief();
    return this.#brief;
  }

  /** The object or list that it is, or that its text is as a whole; undefined when it is none, or cut. */
  get parts(): object | undefined {
    this.#parts ??= { value: this.#text === null || this.isCut ? undefined : jsonText(this.#text)?.value };
    return this.#parts.value;
  }

  /** How many characters more are kept now. */
  append(piece: string): number {
    this.#length += piece.length;
    if (this.#text === null) return 0;
    const added = piece.slice(0, VALUE_LIMIT - this.#text.length);
    this.#text += added;
    this.#brief = undefined;
    this.#parts = undefined;
    return added.length;
  }

  /** How many characters are no longer kept. */
  letGo(): number {
    const { length } = this.#text ?? '';
    this.#brief = this.brief;
    this.#text = null;
    this.#parts = undefined;
    return length;
  }

  #makeBrief(): string {
    const text = this.#text ?? '';
    if (this.isJson && !this.isCut) {
      try {
        return brief(JSON.parse(text), BRIEF_LIMIT);
      } catch {
        // Still being written, or never was JSON: shown as it is.
      }
    }
    const line = text
      .slice(0, BRIEF_LIMIT + 1)
      .replace(/\s+/g, ' ')
      .trim();
    return line.length > BRIEF_LIMIT || text.length > BRIEF_LIMIT + 1
      ? `${line.slice(0, BRIEF_LIMIT - 1)}…`
      : line;
  }
}

/** Keeps values up to a number of characters together: the oldest make room. */
export class ValueKeeper {
  #queue: KeptValue[] = [];
  #gone = 0;
  #characters = 0;

  constructor(private readonly limit = KEPT_CHARACTERS) {}

  /** A string is the text it is; anything else is kept as JSON. */
  keep(value: unknown): KeptValue {
    const isText = typeof value === 'string';
    const kept = this.begin(!isText);
    this.append(kept, isText ? value : jsonOf(value));
    return kept;
  }

  /** A value that comes in pieces. */
  begin(isJson: boolean): KeptValue {
    const kept = new KeptValue(isJson);
    this.#queue.push(kept);
    return kept;
  }

  append(kept: KeptValue, piece: string): void {
    this.#characters += kept.append(piece);
    while (this.#characters > this.limit && this.#gone < this.#queue.length - 1) {
      this.#characters -= this.#queue[this.#gone]?.letGo() ?? 0;
      this.#gone += 1;
    }
    if (this.#gone < 1_000 || this.#gone < this.#queue.length / 2) return;
    this.#queue = this.#queue.slice(this.#gone);
    this.#gone = 0;
  }
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    // So deep that nothing but reading it is possible.
    return '"…"';
  }
}
