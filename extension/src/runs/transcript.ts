/** The output of a run as text to read. It is as long as what is put in. */
export class Transcript {
  readonly #parts: string[] = [];

  /** `standsAlone`: on lines of its own, as values are; pieces of text simply follow each other. */
  add(text: string, standsAlone: boolean): void {
    const atLineStart = this.#parts.at(-1)?.endsWith('\n') ?? true;
    const part = standsAlone ? `${atLineStart ? '' : '\n'}${text}\n` : text;
    if (part !== '') this.#parts.push(part);
  }

  text(): string {
    return this.#parts.join('');
  }
}
