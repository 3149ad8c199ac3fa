import { type CSSResultGroup, html, LitElement } from 'lit';
import { property, query } from 'lit/decorators.js';
import type { OutputRequest, Position, Query } from '../../../output/messages';
import type { PageOutput } from '../../../output/page_output';
import type { OutputWords } from '../../../output/words';
import { highlight } from './highlight';
import { sharedStyles, viewStyles } from './output_styles';
import { type RowSource, VirtualRows } from './virtual_rows';

/** A searched text, the places where it was found, and which of them is shown; -1 for none. */
export interface Marked {
  readonly query: Query;
  readonly matches: readonly Position[];
  readonly index: number;
}

/** A way to look at the output. It draws when it is told to, once a frame. */
export abstract class OutputView extends LitElement implements RowSource {
  static override styles: CSSResultGroup = [sharedStyles, viewStyles];

  @property({ attribute: false }) accessor output!: PageOutput;
  @property({ attribute: false }) accessor words!: OutputWords;
  /** Whether reading begins at the top, as of a result that came all at once. */
  @property({ attribute: false }) accessor startsAtTop = false;
  /** Whether nothing more comes. */
  @property({ attribute: false }) accessor isOver = false;
  @query('.scroller') protected accessor scroller!: HTMLElement;
  @query('.sizer') protected accessor sizer!: HTMLElement;
  @query('.rows') protected accessor drawn!: HTMLElement;
  protected marked: Marked | null = null;
  #rows: VirtualRows | undefined;
  #shown: PageOutput | undefined;

  abstract get count(): number;
  abstract estimate(index: number): number;
  abstract row(index: number): unknown;

  /** Draws what has come. */
  draw(): void {
    if (!this.hasUpdated || !this.isConnected) return;
    if (this.#shown !== this.output) {
      this.#shown = this.output;
      this.virtual.clear(!this.startsAtTop);
      this.cleared();
    }
    this.virtual.draw(this);
    this.wasDrawn();
  }

  get isAtEnd(): boolean {
    return this.#rows?.isAtEnd ?? true;
  }

  toEnd(): void {
    this.virtual.follows = true;
    this.draw();
    this.scroller.focus();
    this.changed();
  }

  /** Marks a searched text in what is drawn from now on. */
  mark(marked: Marked | null): void {
    if (marked === null && this.marked !== null) highlight(this, null, null);
    this.marked = marked;
  }

  /** What is seen first, or a little before. */
  abstract get position(): Position;

  /** Puts a place of the output where it is seen. */
  abstract show(position: Position): void;

  protected get virtual(): VirtualRows {
    this.#rows ??= new VirtualRows(this.scroller, this.sizer, this.drawn, () => {
      this.draw();
      this.changed();
    });
    return this.#rows;
  }

  /** Another output is shown. */
  protected cleared(): void {}

  protected wasDrawn(): void {}

  protected changed(): void {
    this.dispatchEvent(new CustomEvent('view-moved', { bubbles: true, composed: true }));
  }

  protected ask(request: OutputRequest): void {
    this.dispatchEvent(new CustomEvent('output-request', { bubbles: true, composed: true, detail: request }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#rows?.stop();
    this.#rows = undefined;
  }

  protected override firstUpdated(): void {
    this.draw();
  }

  protected override render() {
    return html`
      <div class="scroller" role="log" aria-live="off" aria-label=${this.words.output} tabindex="0">
        <div class="sizer"><div class="rows"></div></div>
      </div>
    `;
  }
}
