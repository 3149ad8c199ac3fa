/** What is kept of a chunk's text. */
export interface ChunkText {
  readonly text: string;
  /** Characters of the whole chunk, when `text` is only its beginning. */
  readonly wholeLength?: number;
}

/** Chunks of a page: few enough to be fetched at once, many enough to be kept as one string. */
export const PAGE_SIZE = 256;

/**
 * The texts of chunks, page by page, up to a number of characters: the pages that were not looked at for the longest
 * time go first. Thousands of tiny strings would take several times the memory, so a full page is one string.
 */
export class ChunkTexts {
  readonly #pages = new Map<number, Page>();
  #characters = 0;

  constructor(private readonly limit: number) {}

  get(chunk: number): ChunkText | undefined {
    const number = Math.floor(chunk / PAGE_SIZE);
    const page = this.#pages.get(number);
    if (page !== undefined && !page.isOpen) this.#used(number, page);
    return page?.get(chunk % PAGE_SIZE);
  }

  /** Chunks may come in any order and again; a page that is being filled is never let go. */
  put(chunk: number, text: ChunkText): void {
    const number = Math.floor(chunk / PAGE_SIZE);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Page();
      this.#pages.set(number, page);
    }
    this.#characters += page.put(chunk % PAGE_SIZE, text);
    for (const [old, { characters }] of this.#pages) {
      if (this.#characters <= this.limit || old === number) break;
      this.#pages.delete(old);
      this.#characters -= characters;
    }
  }

  #used(number: number, page: Page): void {
    this.#pages.delete(number);
    this.#pages.set(number, page);
  }
}

class Page {
  characters = 0;
  #count = 0;
  /** By place in the page while it is filled; empty once it is full. */
  #texts: (string | undefined)[] = [];
  #joined = '';
  #ends: Uint32Array | undefined;
  readonly #wholeLengths = new Map<number, number>();

  get isOpen(): boolean {
    return this.#ends === undefined;
  }

  get(place: number): ChunkText | undefined {
    const text =
      this.#ends === undefined
        ? this.#texts[place]
        : this.#joined.slice(place === 0 ? 0 : this.#ends[place - 1], this.#ends[place]);
    if (text === undefined) return undefined;
    const wholeLength = this.#wholeLengths.get(place);
    return wholeLength === undefined ? { text } : { text, wholeLength };
  }

  /** How many characters more there are now. */
  put(place: number, { text, wholeLength }: ChunkText): number {
    if (this.#ends !== undefined || this.#texts[place] !== undefined) return 0;
    this.#texts[place] = text;
    this.#count += 1;
    this.characters += text.length;
    if (wholeLength !== undefined) this.#wholeLengths.set(place, wholeLength);
    if (this.#count === PAGE_SIZE) this.#join();
    return text.length;
  }

  #join(): void {
    const ends = new Uint32Array(PAGE_SIZE);
    let end = 0;
    for (let place = 0; place < PAGE_SIZE; place += 1) {
      end += this.#texts[place]?.length ?? 0;
      ends[place] = end;
    }
    this.#joined = this.#texts.join('');
    this.#texts = [];
    this.#ends = ends;
  }
}
