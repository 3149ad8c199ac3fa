import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import type { ChunkText } from '../../../output/chunk_texts';
import { brief, type JsonRow, JsonRows, pathText, sizeOf } from '../../../output/json_rows';
import { jsonText, onlyText } from '../../../output/json_text';
import type { Position } from '../../../output/messages';
import { gridStyles } from './grid_styles';
import { highlight } from './highlight';
import { sharedStyles, viewStyles } from './output_styles';
import { OutputView } from './output_view';

const ROW_HEIGHT = 22;
/** Characters of a closed root, which is not parsed. */
const PREVIEW = 200;

/** The values of the output as a tree. A value is parsed when it is opened. */
@customElement('run-output-json')
export class JsonView extends OutputView {
  static override styles = [sharedStyles, viewStyles, gridStyles];

  @query('.none') private accessor none!: HTMLElement;
  #rows = this.#noRows();
  /** The chunk of each root. */
  #chunks: number[] = [];
  #seen = 0;
  /** What the output is as one text; its root has no chunk of its own. */
  #whole: { readonly value: object; readonly text: string } | undefined;
  #active = 0;

  get count(): number {
    return this.#rows.count;
  }

  estimate(): number {
    return ROW_HEIGHT;
  }

  override draw(): void {
    if (this.hasUpdated) {
      this.#takeRoots();
      const isEmpty = this.count === 0;
      this.scroller.hidden = isEmpty;
      this.none.hidden = !isEmpty;
    }
    super.draw();
  }

  get position(): Position {
    return { chunk: this.#chunks[this.#rows.at(this.virtual.from).root] ?? 0, offset: 0 };
  }

  show({ chunk }: Position): void {
    let root = this.#chunks.findLastIndex((candidate) => candidate <= chunk);
    if (root < 0) root = 0;
    this.#activate(this.#rows.indexOfRoot(root));
  }

  protected override cleared(): void {
    this.#rows = this.#noRows();
    this.#chunks = [];
    this.#seen = this.output.log.first;
    this.#active = 0;
    this.#whole = undefined;
    this.#takeRoots();
  }

  protected override wasDrawn(): void {
    const { scroller } = this;
    const isDrawn = this.#active >= this.virtual.from && this.#active < this.virtual.to;
    if (isDrawn) scroller.setAttribute('aria-activedescendant', `node-${this.#active}`);
    else scroller.removeAttribute('aria-activedescendant');
    if (this.marked !== null) highlight(this.drawn, this.marked.query, null);
  }

  protected override render() {
    return html`
      <p class="note none" hidden>${this.words.noJson}</p>
      <div
        class="scroller tree"
        role="tree"
        aria-label=${this.words.views.json}
        tabindex="0"
        @keydown=${this.#pressed}
        @click=${this.#clicked}
      >
        <div class="sizer" role="presentation"><div class="rows" role="presentation"></div></div>
      </div>
    `;
  }

  row(index: number): TemplateResult {
    const { root, row } = this.#rows.at(index);
    const isOpen = row?.isOpen ?? false;
    const hasMore = row === undefined ? this.#mayOpen(root) : sizeOf(row.value) > 0;
    return html`
      <div
        class=${index === this.#active ? 'node active' : 'node'}
        role="treeitem"
        id="node-${index}"
        data-row=${index}
        aria-level=${row?.level ?? 1}
        aria-setsize=${row?.siblings ?? this.#rows.roots}
        aria-posinset=${row?.place ?? root + 1}
        aria-selected=${String(index === this.#active)}
        aria-expanded=${hasMore ? String(isOpen) : nothing}
      >
        ${Array.from({ length: (row?.level ?? 1) - 1 }, () => html`<span class="indent"></span>`)}
        <span class=${hasMore ? (isOpen ? 'icon chevron-down' : 'icon chevron-right') : 'icon'} aria-hidden="true"></span>
        ${this.#label(root, row)}
      </div>
    `;
  }

  #label(root: number, row: JsonRow | undefined): TemplateResult {
    const key =
      row?.key ?? (this.#rows.roots > 1 ? `#${((this.#chunks[root] ?? 0) + 1).toLocaleString()}` : null);
    const name = key === null ? nothing : html`<span class="key">${key}</span><span class="colon">: </span>`;
    if (row === undefined) return html`${name}<span class="brief">${this.#preview(root)}</span>`;
    const { value } = row;
    if (typeof value === 'object' && value !== null) {
      const count = Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`;
      return html`${name}<span class="brief">${row.isOpen ? count : brief(value)}</span>`;
    }
    const kind = value === null ? 'null' : typeof value;
    return html`${name}<span class="scalar ${kind}">${brief(value, 2_000)}</span>`;
  }

  #preview(root: number): string {
    const kept = this.#textOf(root);
    if (kept === 'coming') return '…';
    return kept === 'lost' ? this.words.lostOne : kept.text.slice(0, PREVIEW);
  }

  #mayOpen(root: number): boolean {
    const kept = this.#textOf(root);
    return typeof kept !== 'string' && /[[{]\s*[^\s\]}]/.test(kept.text.slice(0, PREVIEW));
  }

  #noRows(): JsonRows {
    return new JsonRows((root) => {
      const kept = this.#textOf(root);
      if (typeof kept === 'string') return undefined;
      return this.#whole ?? jsonText(kept.text) ?? { value: scalarOf(kept.text) };
    });
  }

  /** Values are roots; so is a text that is JSON as a whole. */
  #takeRoots(): void {
    const { log } = this.output;
    const before = this.#chunks.length;
    for (; this.#seen < log.end; this.#seen += 1) {
      if (log.kind(this.#seen) !== 'value' && !this.#isJsonText(this.#seen)) continue;
      this.#chunks.push(this.#seen);
      this.#rows.addRoot();
    }
    if (before === 0 && this.#chunks.length === 0 && this.isOver) this.#takeWhole();
    if (before > 0 || this.#chunks.length !== 1) return;
    this.#rows.openFirst(0);
    this.virtual.follows = false;
  }

  /** JSON that came in pieces. */
  #takeWhole(): void {
    const text = onlyText(this.output) ?? '';
    const json = jsonText(text);
    if (json === undefined) return;
    this.#whole = { ...json, text };
    this.#chunks.push(this.output.log.first);
    this.#rows.addRoot();
  }

  #textOf(root: number): ChunkText | 'coming' | 'lost' {
    return this.#whole ?? this.output.text(this.#chunks[root] ?? 0);
  }

  #isJsonText(chunk: number): boolean {
    if (this.output.log.kind(chunk) !== 'text') return false;
    const kept = this.output.peek(chunk);
    return kept !== undefined && jsonText(kept.text) !== undefined;
  }

  #activate(index: number): void {
    this.#active = Math.min(this.count - 1, Math.max(0, index));
    this.virtual.reveal(this.#active, this);
    this.draw();
    this.changed();
  }

  #changed(change: boolean): void {
    if (!change) return;
    this.virtual.follows = false;
    this.virtual.rowsChanged();
    this.draw();
    this.changed();
  }

  #toggle(index: number): void {
    this.#changed(this.#rows.isOpen(index) ? this.#rows.close(index) : this.#rows.open(index));
  }

  #clicked = (event: Event): void => {
    const row = (event.target as Element).closest('.node');
    if (row === null) return;
    this.#active = Number(row.getAttribute('data-row'));
    this.#toggle(this.#active);
    this.draw();
  };

  #pressed = (event: KeyboardEvent): void => {
    const active = this.#active;
    const page = this.virtual.page - 1;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => this.#activate(active + 1),
      ArrowUp: () => this.#activate(active - 1),
      PageDown: () => this.#activate(active + page),
      PageUp: () => this.#activate(active - page),
      Home: () => this.#activate(0),
      End: () => this.#activate(this.count - 1),
      ArrowRight: () => (this.#rows.isOpen(active) ? this.#activate(active + 1) : this.#toggle(active)),
      ArrowLeft: () =>
        this.#rows.isOpen(active) ? this.#toggle(active) : this.#activate(this.#rows.parentOf(active)),
      Enter: () => this.#toggle(active),
      ' ': () => this.#toggle(active),
    };
    const isCopy = event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey);
    const act = isCopy ? () => this.#copy(event.shiftKey) : moves[event.key];
    if (act === undefined || this.count === 0) return;
    act();
    event.preventDefault();
  };

  #copy(isPath: boolean): void {
    const { root, row } = this.#rows.at(this.#active);
    const kept = this.#textOf(root);
    if (isPath) this.ask({ type: 'copyText', text: pathText(row?.path ?? []) });
    else if (row !== undefined) this.ask({ type: 'copyText', text: JSON.stringify(row.value, undefined, 2) });
    else if (typeof kept !== 'string') this.ask({ type: 'copyText', text: kept.text });
  }
}

/** A value that is no object or list, or one of which only the beginning has come. */
function scalarOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
