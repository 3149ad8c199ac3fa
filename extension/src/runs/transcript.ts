/** The output of a run as far as it reached the editor, kept for "Open as Document". */
export class Transcript {
  readonly #parts: string[] = [];
  #length = 0;
  #left = 0;

  constructor(private readonly limit = 32_000_000) {}

  /** `standsAlone`: on lines of its own, as values are; pieces of text simply follow each other. */
  add(text: string, standsAlone: boolean): void {
    const atLineStart = this.#parts.at(-1)?.endsWith('\n') ?? true;
    const part = standsAlone ? `${atLineStart ? '' : '\n'}${text}\n` : text;
    const room = this.limit - this.#length;
    this.#left += Math.max(0, part.length - room);
    if (room <= 0 || part === '') return;
    this.#parts.push(part.slice(0, room));
    this.#length += Math.min(part.length, room);
  }

  text(): string {
    const note = this.#left > 0 ? `\n[${this.#left} more characters were not kept]\n` : '';
    return this.#parts.join('') + note;
  }
}
