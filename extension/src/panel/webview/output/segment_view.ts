import type { Position } from '../../../output/messages';
import { isBefore } from '../../../output/search';
import { readSegment, type SegmentText, segmentAt } from '../../../output/segment_text';
import type { Segment } from '../../../output/segments';
import { fill } from '../../../translate';
import { element } from '../element';
import { highlight, rangesOf } from './highlight';
import { OutputView } from './output_view';

interface DrawnSegment {
  readonly element: HTMLElement;
  /** What it was drawn of; a segment that has grown is drawn anew. */
  readonly key: string;
}

/** Output as one text, drawn segment by segment. */
export abstract class SegmentView extends OutputView {
  readonly #drawn = new Map<number, DrawnSegment>();
  #isSought = false;

  protected abstract get segments(): readonly Segment[];
  /** What the text of a segment looks like. */
  protected abstract content(segment: Segment, text: SegmentText): readonly (Node | string)[];

  get count(): number {
    return this.segments.length;
  }

  estimate(index: number): number {
    const length = this.segments[index]?.length ?? 0;
    return length === 0 ? 0 : 20 * Math.ceil(length / 80) + 8;
  }

  row(index: number): unknown {
    const segment = this.segments[index];
    if (segment === undefined) return undefined;
    const known = this.#drawn.get(index);
    const key = `${segment.length} ${segment.toChunk} ${segment.prefix}`;
    if (known?.key === key) return known.element;
    const text = readSegment(segment, (chunk) => this.output.text(chunk));
    const row = known?.element ?? element('div', { class: 'segment' });
    if (text.isComing) this.#wait(row, index);
    else {
      row.removeAttribute('aria-busy');
      row.style.removeProperty('height');
      const lost = text.lost === 0 ? [] : [this.note(fill(this.words.lost, text.lost.toLocaleString()))];
      row.replaceChildren(...lost, ...this.content(segment, text));
    }
    this.#drawn.set(index, { element: row, key: text.isComing ? '' : key });
    return row;
  }

  get position(): Position {
    const { fromChunk, fromOffset } = this.segments[this.virtual.from] ?? { fromChunk: 0, fromOffset: 0 };
    return { chunk: fromChunk, offset: fromOffset };
  }

  show(position: Position): void {
    this.#isSought = true;
    this.virtual.reveal(segmentAt(this.segments, position), this);
    this.draw();
  }

  protected note(...words: readonly (Node | string)[]): HTMLElement {
    return element('p', { class: 'note' }, ...words);
  }

  protected override cleared(): void {
    this.#drawn.clear();
  }

  protected override wasDrawn(): void {
    for (const index of this.#drawn.keys()) {
      if (index < this.virtual.from || index >= this.virtual.to) this.#drawn.delete(index);
    }
    if (this.marked === null) return;
    const current = this.#currentRange();
    highlight(this.drawn, this.marked.query, current);
    if (this.#isSought && current !== null) this.#bringIntoSight(current);
  }

  /** As tall as it was, so that nothing moves when its text is there again. */
  #wait(row: HTMLElement, index: number): void {
    row.setAttribute('aria-busy', 'true');
    row.style.setProperty('height', `${this.virtual.heightOf(index)}px`);
    row.replaceChildren();
  }

  /** The place of the search in what is drawn: as many places before it in its segment as there are in the output. */
  #currentRange(): Range | null {
    const { marked, segments } = this;
    const current = marked?.matches[marked.index];
    if (marked === null || current === undefined) return null;
    const index = segmentAt(segments, current);
    const row = this.#drawn.get(index)?.element;
    const segment = segments[index];
    if (row === undefined || segment === undefined) return null;
    const start = { chunk: segment.fromChunk, offset: segment.fromOffset };
    let first = marked.index;
    while (first > 0 && !isBefore(marked.matches[first - 1] ?? start, start)) first -= 1;
    const ranges = rangesOf(row, marked.query);
    return ranges[Math.min(marked.index - first, ranges.length - 1)] ?? null;
  }

  #bringIntoSight(range: Range): void {
    this.#isSought = false;
    const place = range.getBoundingClientRect();
    const frame = this.scroller.getBoundingClientRect();
    if (place.top >= frame.top && place.bottom <= frame.bottom) return;
    this.scroller.scrollTop += place.top - frame.top - frame.height / 3;
  }
}
