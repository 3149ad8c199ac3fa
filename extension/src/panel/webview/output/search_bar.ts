import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Query } from '../../../output/messages';
import type { Search } from '../../../output/search';
import type { OutputWords } from '../../../output/words';
import { fill } from '../../../translate';
import { sharedStyles } from './output_styles';

/** A search is begun when the user has paused. */
const PAUSE_MS = 150;

/** Asks for a text to search. Events: `search-changed` with the query, `search-step` with 1 or -1, `search-closed`. */
@customElement('run-output-search')
export class SearchBar extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px;
      }
      input {
        flex: 1 1 10em;
        min-width: 6em;
        font: inherit;
        padding: 3px 6px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 2px;
      }
      .count {
        min-width: 6em;
        color: var(--vscode-descriptionForeground);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) accessor search!: Search;
  @property({ attribute: false }) accessor words!: OutputWords;
  @state() private accessor matchCase = false;
  @query('input') private accessor input!: HTMLInputElement;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is searched already: the bar is made anew when the output of another run begins. */
  #begun: Query | null = null;

  focusInput(): void {
    this.input.focus();
    this.input.select();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override willUpdate(): void {
    if (this.hasUpdated) return;
    this.#begun = this.search.query;
    this.matchCase = this.#begun?.matchCase ?? false;
  }

  protected override render() {
    const { words } = this;
    return html`
      <input
        type="text"
        aria-label=${words.search}
        placeholder=${words.search}
        value=${this.#begun?.text ?? ''}
        maxlength="1000"
        spellcheck="false"
        @input=${this.#typed}
        @keydown=${this.#pressed}
      />
      <button
        class="icon case-sensitive"
        aria-label=${words.matchCase}
        title=${words.matchCase}
        aria-pressed=${String(this.matchCase)}
        @click=${this.#toggleCase}
      ></button>
      <span class="count" role="status">${this.#count()}</span>
      ${this.#button('arrow-up', words.previousMatch, () => this.#step(-1))}
      ${this.#button('arrow-down', words.nextMatch, () => this.#step(1))}
      ${this.#button('close', words.closeSearch, () => this.#tell('search-closed'))}
    `;
  }

  #button(icon: string, label: string, act: () => void) {
    return html`<button class="icon ${icon}" aria-label=${label} title=${label} @click=${act}></button>`;
  }

  #count(): string {
    const { search, words } = this;
    if (search.query === null) return '';
    const { length } = search.matches;
    if (length === 0) return search.isSearching ? words.searching : words.noMatch;
    const template = search.isCut ? words.matchCountCut : words.matchCount;
    return fill(template, (search.current + 1).toLocaleString(), length.toLocaleString());
  }

  #typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), PAUSE_MS);
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#tell('search-closed');
    else if (event.key !== 'Enter') return;
    else if (this.input.value !== (this.search.query?.text ?? '')) this.#start();
    else this.#step(event.shiftKey ? -1 : 1);
    event.preventDefault();
  }

  #toggleCase(): void {
    this.matchCase = !this.matchCase;
    this.#start();
  }

  #start(): void {
    clearTimeout(this.#timer);
    const query: Query = { text: this.input.value, matchCase: this.matchCase };
    this.#tell('search-changed', query);
  }

  #step(by: 1 | -1): void {
    this.#tell('search-step', by);
  }

  #tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
