import { html, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Sums } from '../../../output/sums';

/** Rows that are drawn beyond each edge of what is seen. */
const BEYOND = 4;
/** How near to the end, in pixels, still counts as being there. */
const END_MARGIN = 4;
/** Heights are only known once rows are drawn; then others may come into sight. */
const PASSES = 4;

/** What the rows are. They are numbered from 0 and only their end grows, unless `rowsChanged` is called. */
export interface RowSource {
  readonly count: number;
  /** Pixels that a row which was never drawn will probably take. */
  estimate(index: number): number;
  /** The row: one element, without margins. */
  row(index: number): unknown;
}

/** Draws only the rows that are seen, of whatever height, and follows the end until the reader scrolls away. */
export class VirtualRows {
  follows = true;
  from = 0;
  to = 0;
  readonly #heights = new Sums();
  /** Where the scroller is by our own doing. */
  #top = 0;
  #observer = new ResizeObserver((changes) => {
    if (changes.some(({ target }) => target === this.scroller) || this.#isOutgrown) this.changed();
  });

  /** `changed`: the reader has moved or the size is another, so that drawing is needed. */
  constructor(
    private readonly scroller: HTMLElement,
    private readonly sizer: HTMLElement,
    private readonly rows: HTMLElement,
    private readonly changed: () => void,
  ) {
    scroller.addEventListener('scroll', this.#scrolled, { passive: true });
    scroller.addEventListener('wheel', this.#wheeled, { passive: true });
    this.#observer.observe(scroller);
    this.#observer.observe(rows);
  }

  stop(): void {
    this.#observer.disconnect();
    this.scroller.removeEventListener('scroll', this.#scrolled);
    this.scroller.removeEventListener('wheel', this.#wheeled);
  }

  /** Other rows take the place of those that were there; `follows`: their end is shown, else their beginning. */
  clear(follows: boolean): void {
    this.#heights.clear();
    this.follows = follows;
    this.#moveTo(0);
  }

  /** Rows have come or gone in the middle. */
  rowsChanged(): void {
    this.#heights.clear();
  }

  /** The height of a row as far as it is known. */
  heightOf(index: number): number {
    return this.#heights.get(index);
  }

  draw(source: RowSource): void {
    while (this.#heights.length < source.count) this.#heights.push(source.estimate(this.#heights.length));
    const view = this.#view;
    const seen = this.follows ? this.#end(view) : this.scroller.scrollTop;
    const anchor = this.#heights.find(seen);
    const into = seen - this.#heights.before(anchor);
    let top = seen;
    for (let pass = 0; pass < PASSES; pass += 1) {
      this.#render(source, top, view);
      if (!this.#measure()) break;
      top = this.follows ? this.#end(view) : this.#heights.before(anchor) + into;
    }
    this.#place();
    this.#moveTo(top);
  }

  /** Puts a row where it is seen, if it is not. */
  reveal(index: number, source: RowSource): void {
    while (this.#heights.length < source.count) this.#heights.push(source.estimate(this.#heights.length));
    const view = this.#view;
    const start = this.#heights.before(index);
    const end = start + this.#heights.get(index);
    const top = this.scroller.scrollTop;
    this.follows = false;
    if (start >= top && end <= top + view) return;
    const nearer = start < top ? start : Math.min(start, end - view);
    // Rows may have come since they were drawn last: there must be room to move to.
    this.#place();
    const isFar = start > top + 2 * view || end < top - view;
    this.#moveTo(isFar ? Math.max(0, start - view / 3) : nearer);
    this.draw(source);
  }

  /** Whether the end is seen, followed or not. */
  get isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return this.follows || scrollHeight - scrollTop - clientHeight <= END_MARGIN;
  }

  /** Rows that fit into what is seen. */
  get page(): number {
    return Math.max(1, this.to - this.from - 2 * BEYOND);
  }

  /** Pixels in which rows are seen; a heading that stays where it is stands above them. */
  get #view(): number {
    return this.scroller.clientHeight - this.sizer.offsetTop;
  }

  /** Rows have changed their height since they were drawn, as when a font has come. */
  get #isOutgrown(): boolean {
    const height = this.#heights.before(this.to) - this.#heights.before(this.from);
    return Math.abs(this.rows.getBoundingClientRect().height - height) > 0.5;
  }

  #end(view: number): number {
    return Math.max(0, this.#heights.total - view);
  }

  #render(source: RowSource, top: number, view: number): void {
    const { count } = source;
    this.from = Math.max(0, this.#heights.find(top) - BEYOND);
    this.to = Math.min(count, this.#heights.find(top + view) + 1 + BEYOND);
    const indices = Array.from({ length: Math.max(0, this.to - this.from) }, (_, at) => this.from + at);
    render(
      html`${repeat(
        indices,
        (index) => index,
        (index) => source.row(index),
      )}`,
      this.rows,
    );
    this.#place();
  }

  /** Whether any row is of another height than was thought. */
  #measure(): boolean {
    let changed = false;
    let index = this.from;
    for (const row of this.rows.children) {
      const { height } = row.getBoundingClientRect();
      if (Math.abs(height - this.#heights.get(index)) > 0.5) {
        this.#heights.set(index, height);
        changed = true;
      }
      index += 1;
    }
    return changed;
  }

  #place(): void {
    this.sizer.style.setProperty('height', `${this.#heights.total}px`);
    this.rows.style.setProperty('transform', `translateY(${this.#heights.before(this.from)}px)`);
  }

  #moveTo(top: number): void {
    if (Math.abs(this.scroller.scrollTop - top) >= 1) this.scroller.scrollTop = top;
    this.#top = this.scroller.scrollTop;
  }

  #scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (Math.abs(scrollTop - this.#top) < 1) return;
    const isUp = scrollTop < this.#top;
    this.#top = scrollTop;
    this.follows = !isUp && scrollHeight - scrollTop - clientHeight <= END_MARGIN;
    this.changed();
  };

  /** At once, so that the next draw does not stop a smooth movement that has just begun. */
  #wheeled = ({ deltaY }: WheelEvent): void => {
    if (deltaY >= 0 || !this.follows || this.scroller.scrollTop <= 0) return;
    this.follows = false;
    this.changed();
  };
}
