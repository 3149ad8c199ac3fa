import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionWords } from '../../../sessions/words';
import { fill } from '../../../translate';
import { sessionStyles } from './session_styles';

/** Rows that are drawn at first and with each press of the button. */
const AT_ONCE = 100;
/** Rows among which nobody needs help to find one. */
const FEW = 8;

/** What stands in a table; `text` is what it says, where it is more than a text. */
export type Cell = string | { readonly text: string; readonly shown: TemplateResult };

/** Of all tables. */
export type TableWords = Pick<SessionWords, 'showMore' | 'filter' | 'filtered'>;

/** A table of which so many rows are drawn as somebody wants to see, and only those that say what is looked for. */
@customElement('paged-table')
export class PagedTable extends LitElement {
  static override styles = [
    sessionStyles,
    css`
      .scrolls {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      caption {
        padding: 4px 0;
        font-weight: 600;
        text-align: start;
      }
      th,
      td {
        padding: 4px 10px 4px 0;
        text-align: start;
        vertical-align: top;
        border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
      }
      th {
        font-weight: 600;
        overflow-wrap: normal;
        vertical-align: bottom;
      }
      td {
        min-width: 3em;
        max-width: 40em;
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      /* What is read; numbers and times beside it may break into lines. */
      td:has(long-text) {
        min-width: 13em;
      }
      td > button.link {
        min-width: 5em;
      }
      .more {
        margin-top: 6px;
      }
      .filter {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
        margin: 4px 0;
      }
      input {
        flex: 0 1 24em;
        box-sizing: border-box;
        min-width: 0;
        height: 26px;
        padding: 2px 6px;
        border: 1px solid var(--vscode-input-border, var(--vscode-settings-textInputBorder, transparent));
        border-radius: 2px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        font: inherit;
      }
      input::placeholder {
        color: var(--vscode-input-placeholderForeground);
        opacity: 1;
      }
    `,
  ];

  /** Says what is in the table, for screen readers; shown when `titled`. */
  @property() accessor label = '';
  @property({ type: Boolean }) accessor titled = false;
  @property({ attribute: false }) accessor columns: readonly string[] = [];
  @property({ attribute: false }) accessor rows: readonly (readonly Cell[])[] = [];
  @property({ attribute: false }) accessor words: TableWords | null = null;
  @state() private accessor shown = AT_ONCE;
  @state() private accessor wanted = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('label')) return;
    this.shown = AT_ONCE;
    this.wanted = '';
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words, shown } = this;
    if (words === null) return nothing;
    const rows = rowsWith(this.rows, this.wanted);
    const left = rows.length - shown;
    return html`
      ${this.rows.length > FEW || this.wanted !== '' ? this.#filter(words, rows.length) : nothing}
      <div class="scrolls" role="group" aria-label=${this.label} tabindex="0">
        <table aria-label=${this.label}>
          ${this.titled ? html`<caption>${this.label}</caption>` : nothing}
          <thead>
            <tr>
              ${this.columns.map((column) => html`<th scope="col">${column}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.slice(0, shown).map((row) => html`<tr>${row.map((cell) => html`<td>${typeof cell === 'string' ? cell : cell.shown}</td>`)}</tr>`)}
          </tbody>
        </table>
      </div>
      ${
        left <= 0
          ? nothing
          : html`<button class="more" type="button" @click=${this.#showMore}>${fill(words.showMore, left.toLocaleString())}</button>`
      }
    `;
  }

  #filter(words: TableWords, found: number): TemplateResult {
    const label = fill(words.filter, this.label);
    const count = fill(words.filtered, found.toLocaleString(), this.rows.length.toLocaleString());
    return html`<div class="filter">
      <input
        type="search"
        aria-label=${label}
        placeholder=${label}
        spellcheck="false"
        .value=${this.wanted}
        @input=${({ target }: InputEvent) => this.#want((target as HTMLInputElement).value)}
      />
      <span class="note" role="status">${this.wanted.trim() === '' ? nothing : count}</span>
    </div>`;
  }

  #want(text: string): void {
    this.wanted = text;
    this.shown = AT_ONCE;
  }

  #showMore(): void {
    this.shown += AT_ONCE;
  }
}

/** The rows that say all of the words, in any of their cells, in capitals or not. */
function rowsWith(rows: PagedTable['rows'], wanted: string): PagedTable['rows'] {
  const parts = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (parts.length === 0) return rows;
  return rows.filter((row) => {
    const text = row
      .map((cell) => (typeof cell === 'string' ? cell : cell.text))
      .join('\n')
      .toLocaleLowerCase();
    return parts.every((part) => text.includes(part));
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'paged-table': PagedTable;
  }
}
