import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { prettyText } from '../../../output/chunk';
import { formatBytes, formatMs } from '../../../output/format';
import type { Position } from '../../../output/messages';
import { fill } from '../../../translate';
import { gridStyles } from './grid_styles';
import { highlight } from './highlight';
import { sharedStyles, viewStyles } from './output_styles';
import { OutputView } from './output_view';

const ROW_HEIGHT = 22;
/** Characters of a value in its row. */
const PREVIEW = 200;
/** Characters of a value below its row. */
const OPEN_LIMIT = 20_000;

/** One row for each chunk: when it came, after which pause, how large, and what. A row can be opened. */
@customElement('run-output-events')
export class EventsView extends OutputView {
  static override styles = [sharedStyles, viewStyles, gridStyles];

  #active = -1;
  readonly #open = new Set<number>();

  get count(): number {
    return this.output.log.end - this.output.log.first;
  }

  estimate(): number {
    return ROW_HEIGHT;
  }

  get position(): Position {
    return { chunk: this.output.log.first + this.virtual.from, offset: 0 };
  }

  show({ chunk }: Position): void {
    const row = chunk - this.output.log.first;
    this.#active = row;
    this.virtual.reveal(row, this);
    this.draw();
  }

  protected override cleared(): void {
    this.#open.clear();
    this.#active = -1;
  }

  protected override wasDrawn(): void {
    const { scroller } = this;
    scroller.setAttribute('aria-rowcount', String(this.count + 1));
    const isDrawn = this.#active >= this.virtual.from && this.#active < this.virtual.to;
    if (isDrawn) scroller.setAttribute('aria-activedescendant', `row-${this.#active}`);
    else scroller.removeAttribute('aria-activedescendant');
    if (this.marked !== null) highlight(this.drawn, this.marked.query, null);
  }

  protected override render() {
    const { words } = this;
    const columns = [words.chunkNumber, words.chunkTime, words.chunkGap, words.chunkSize, words.chunkValue];
    return html`
      <div
        class="scroller grid"
        role="treegrid"
        aria-label=${words.views.events}
        aria-readonly="true"
        tabindex="0"
        @keydown=${this.#pressed}
        @click=${this.#clicked}
      >
        <div class="head cells" role="row" aria-rowindex="1">
          ${columns.map((column) => html`<span role="columnheader">${column}</span>`)}
        </div>
        <div class="sizer" role="presentation"><div class="rows" role="presentation"></div></div>
      </div>
    `;
  }

  row(index: number): TemplateResult {
    const { log } = this.output;
    const chunk = log.first + index;
    const isOpen = this.#open.has(index);
    return html`
      <div
        class=${index === this.#active ? 'event active' : 'event'}
        role="row"
        id="row-${index}"
        data-row=${index}
        aria-level="1"
        aria-rowindex=${index + 2}
        aria-expanded=${String(isOpen)}
        aria-selected=${String(index === this.#active)}
      >
        <div class="cells" role="presentation">
          <span role="gridcell">${(chunk + 1).toLocaleString()}</span>
          <span role="gridcell">${formatMs(log.atMs(chunk))}</span>
          <span role="gridcell">${formatMs(log.gapMs(chunk))}</span>
          <span role="gridcell">${formatBytes(log.size(chunk))}</span>
          <span role="gridcell" class="preview ${log.kind(chunk)}">${this.#preview(chunk)}</span>
        </div>
        ${isOpen ? this.#opened(chunk) : nothing}
      </div>
    `;
  }

  #preview(chunk: number): string {
    const kept = this.output.text(chunk);
    if (kept === 'coming') return '…';
    if (kept === 'lost') return this.words.lostOne;
    const text = kept.text.slice(0, PREVIEW);
    return text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  }

  #opened(chunk: number): TemplateResult {
    const kept = this.output.text(chunk);
    if (typeof kept === 'string')
      return html`<div class="note" role="gridcell">${this.#preview(chunk)}</div>`;
    const kind = this.output.log.kind(chunk);
    const whole = prettyText({ kind, text: kept.text });
    const length = kept.wholeLength ?? whole.length;
    const shown = whole.slice(0, OPEN_LIMIT);
    const note =
      length > shown.length
        ? fill(this.words.cutNote, shown.length.toLocaleString(), length.toLocaleString())
        : nothing;
    return html`<div class="opened" role="gridcell">
      <pre tabindex="0">${shown}</pre>
      ${note === nothing ? nothing : html`<p class="note">${note}</p>`}
      <button class="icon copy" aria-label=${this.words.copyChunk} title=${this.words.copyChunk}
        @click=${() => this.ask({ type: 'copyText', text: whole })}></button>
    </div>`;
  }

  #toggle(row: number): void {
    if (!this.#open.delete(row)) this.#open.add(row);
    this.draw();
  }

  #activate(row: number): void {
    this.#active = Math.min(this.count - 1, Math.max(0, row));
    this.virtual.reveal(this.#active, this);
    this.draw();
    this.changed();
  }

  #clicked = (event: Event): void => {
    const target = event.target as Element;
    const row = target.closest('.event');
    if (row === null || target.closest('.opened') !== null) return;
    this.#active = Number(row.getAttribute('data-row'));
    this.virtual.follows = false;
    this.#toggle(this.#active);
    this.changed();
  };

  #pressed = (event: KeyboardEvent): void => {
    if (event.target !== this.scroller) return;
    const page = this.virtual.page - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: this.count - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) this.#activate(this.#active < 0 && move < 0 ? this.count - 1 : move);
    else if ((event.key === 'Enter' || event.key === ' ') && this.#active >= 0) this.#toggle(this.#active);
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey)) this.#copy();
    else return;
    event.preventDefault();
  };

  #copy(): void {
    const kept = this.#active < 0 ? 'lost' : this.output.text(this.output.log.first + this.#active);
    if (typeof kept !== 'string') this.ask({ type: 'copyText', text: kept.text });
  }
}
