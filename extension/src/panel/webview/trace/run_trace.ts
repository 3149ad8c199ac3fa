import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Position } from '../../../output/messages';
import type { Part } from '../../../trace/entries';
import { rowCopy } from '../../../trace/row_copy';
import { type TraceRow, TraceRows } from '../../../trace/trace_rows';
import { fill } from '../../../translate';
import { highlight } from '../output/highlight';
import { markdownStyles } from '../output/markdown_styles';
import { sharedStyles, viewStyles } from '../output/output_styles';
import { OutputView } from '../output/output_view';
import { type RowContext, rowContent, rowKind } from './row_content';
import { totalsLine } from './totals';
import { traceStyles } from './trace_styles';

const ROW_HEIGHT = 24;
/** Heights of rows that are remembered. */
const HEIGHT_LIMIT = 50_000;

/** The step that is to be resumed after, as `resume-requested` says, or whose memory is to be shown: `session-requested`. */
export interface StepRequest {
  readonly session: string;
  readonly step: number;
}

/** What the agent did, step by step, as a tree. */
@customElement('run-trace')
export class RunTrace extends OutputView {
  static override styles = [sharedStyles, viewStyles, markdownStyles, traceStyles];

  /** Why what was in mind after a step cannot be shown; null when it can. */
  @property({ attribute: false }) accessor sessionProblem: string | null = null;
  /** Why no step can be resumed after; null when it can. */
  @property({ attribute: false }) accessor resumeProblem: string | null = null;
  #rows: TraceRows | undefined;
  #active = 0;
  /** Pixels of rows that were drawn, by entry and key. */
  readonly #heights = new Map<string, number>();
  #totals: unknown;

  get count(): number {
    return this.#rows?.count ?? 0;
  }

  estimate(index: number): number {
    const row = this.#rows?.at(index);
    return (row === undefined ? undefined : this.#heights.get(idOf(row))) ?? ROW_HEIGHT;
  }

  override draw(): void {
    const isSame = this.#rows?.trace === this.output.trace.trace;
    if (this.hasUpdated && isSame && this.#rows?.update()) this.virtual.rowsChanged();
    super.draw();
  }

  get position(): Position {
    const content = this.#rows?.count ? this.#rows.at(this.virtual.from).content : undefined;
    return content?.kind === 'entry' ? content.entry.at : { chunk: 0, offset: 0 };
  }

  show(position: Position): void {
    if (this.#rows === undefined) return;
    const index = this.#rows.reveal(position);
    this.virtual.rowsChanged();
    this.#activate(index);
  }

  protected override cleared(): void {
    this.#rows = new TraceRows(this.output.trace.trace);
    this.#heights.clear();
    this.#active = 0;
  }

  protected override wasDrawn(): void {
    const { scroller, virtual } = this;
    const rows = this.#rows;
    if (rows === undefined) return;
    if (this.#heights.size > HEIGHT_LIMIT) this.#heights.clear();
    for (let index = virtual.from; index < virtual.to; index += 1) {
      this.#heights.set(idOf(rows.at(index)), virtual.heightOf(index));
    }
    const isDrawn = this.#active >= virtual.from && this.#active < virtual.to;
    if (isDrawn) scroller.setAttribute('aria-activedescendant', `row-${this.#active}`);
    else scroller.removeAttribute('aria-activedescendant');
    if (this.marked !== null) highlight(this.drawn, this.marked.query, null);
    if (this.#totals === rows.trace.totals) return;
    this.#totals = rows.trace.totals;
    this.requestUpdate();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const isOther = changed.has('sessionProblem') || changed.has('resumeProblem') || changed.has('isOver');
    if (isOther) this.draw();
  }

  protected override render() {
    const words = this.words.trace;
    const { trace, isCut } = this.output.trace;
    return html`
      <div class="summary">
        ${totalsLine(this.output.trace, words)}
        <div class="tools">
          <button class="icon expand-all" aria-label=${words.expandAll} title=${words.expandAll}
            @click=${() => this.#openAll(true)}></button>
          <button class="icon collapse-all" aria-label=${words.collapseAll} title=${words.collapseAll}
            @click=${() => this.#openAll(false)}></button>
        </div>
      </div>
      ${trace.first === 0 ? nothing : html`<p class="note">${fill(words.earlierNote, trace.first.toLocaleString())}</p>`}
      ${isCut ? html`<p class="note">${words.cutNote}</p>` : nothing}
      <div
        class="scroller"
        role="tree"
        aria-label=${this.words.views.trace}
        tabindex="0"
        @keydown=${this.#pressed}
        @click=${this.#clicked}
      >
        <div class="sizer" role="presentation"><div class="rows" role="presentation"></div></div>
      </div>
    `;
  }

  row(index: number): TemplateResult {
    const row = this.#rows?.at(index);
    if (row === undefined) return html`<div></div>`;
    const isActive = index === this.#active;
    const { trace } = this.output.trace;
    return html`
      <div
        class="line ${rowKind(row.content)} ${isActive ? 'active' : ''}"
        role="treeitem"
        id="row-${index}"
        data-row=${index}
        aria-level=${row.level}
        aria-setsize=${row.level === 1 ? trace.entries.length : row.siblings}
        aria-posinset=${row.place}
        aria-selected=${String(isActive)}
        aria-expanded=${row.hasMore ? String(row.isOpen) : nothing}
      >
        ${Array.from({ length: row.level - 1 }, () => html`<span class="indent"></span>`)}
        <span class=${row.hasMore ? (row.isOpen ? 'icon chevron-down' : 'icon chevron-right') : 'icon'} aria-hidden="true"></span>
        <div class="content">${rowContent(row, this.#context(isActive))}</div>
      </div>
    `;
  }

  #context(isActive: boolean): RowContext {
    return {
      trace: this.output.trace.trace,
      words: this.words.trace,
      isOver: this.isOver,
      checkpoint: (part) => this.#checkpoint(part, isActive),
      cutNote: (shown, whole) => html`<p class="note">
        ${fill(this.words.cutNote, shown.toLocaleString(), whole.toLocaleString())}
        <button class="link" tabindex=${isActive ? 0 : -1}
          @click=${() => this.ask({ type: 'output', runId: this.output.runId, action: 'open' })}
        >${this.words.openDocument}</button>
      </p>`,
    };
  }

  #checkpoint({ session, step }: Extract<Part, { kind: 'checkpoint' }>, isActive: boolean) {
    const words = this.words.trace;
    const link = (name: 'resume-requested' | 'session-requested', problem: string | null, word: string) =>
      html`<button class="link" tabindex=${isActive ? 0 : -1} aria-disabled=${String(problem !== null)}
        title=${problem ?? nothing}
        @click=${() => problem === null && this.#request(name, { session, step })}>${word}</button>`;
    return html`${link('resume-requested', this.resumeProblem, words.resume)}
      ${link('session-requested', this.sessionProblem, words.showState)}`;
  }

  #request(name: 'resume-requested' | 'session-requested', detail: StepRequest): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  #openAll(isOpen: boolean): void {
    const rows = this.#rows;
    if (rows === undefined || rows.count === 0) return;
    const { entry } = rows.at(this.#active);
    rows.openAll(isOpen);
    this.virtual.rowsChanged();
    this.#activate(rows.indexOf(entry));
  }

  #activate(index: number): void {
    this.#active = Math.min(this.count - 1, Math.max(0, index));
    this.virtual.reveal(this.#active, this);
    this.draw();
    this.changed();
  }

  #changed(): void {
    this.virtual.follows = false;
    this.virtual.rowsChanged();
    this.draw();
    this.changed();
  }

  #clicked = (event: Event): void => {
    const target = event.target as Element;
    const line = target.closest('.line');
    if (line === null || target.closest('button, a, .full, .markdown') !== null) return;
    this.#active = Number(line.getAttribute('data-row'));
    this.#rows?.toggle(this.#active);
    this.#changed();
  };

  #pressed = (event: KeyboardEvent): void => {
    const rows = this.#rows;
    if (event.target !== this.scroller || rows === undefined || rows.count === 0) return;
    const isCopy = event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey);
    const act = isCopy ? () => this.#copy(rows) : this.#actions(rows)[event.key];
    if (act === undefined) return;
    act();
    event.preventDefault();
  };

  #actions(rows: TraceRows): Readonly<Record<string, () => void>> {
    const active = this.#active;
    const page = this.virtual.page - 1;
    const toggle = (change: boolean, otherwise: number) =>
      change ? this.#changed() : this.#activate(otherwise);
    const { isOpen, hasMore, level } = rows.at(active);
    const hasRows = isOpen && active + 1 < rows.count && rows.at(active + 1).level > level;
    return {
      ArrowDown: () => this.#activate(active + 1),
      ArrowUp: () => this.#activate(active - 1),
      PageDown: () => this.#activate(active + page),
      PageUp: () => this.#activate(active - page),
      Home: () => this.#activate(0),
      End: () => this.#activate(this.count - 1),
      ArrowRight: () => toggle(hasMore && !isOpen && rows.open(active), hasRows ? active + 1 : active),
      ArrowLeft: () => toggle(isOpen && rows.close(active), rows.parentOf(active)),
      Enter: () => toggle(rows.toggle(active), active),
      ' ': () => toggle(rows.toggle(active), active),
      '*': () => this.#openAll(true),
    };
  }

  #copy(rows: TraceRows): void {
    const text = rowCopy(rows.at(this.#active).content);
    if (text !== '') this.ask({ type: 'copyText', text });
  }
}

function idOf({ entry, key }: TraceRow): string {
  return `${entry}${key}`;
}
