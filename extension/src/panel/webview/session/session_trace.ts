import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Chunk } from '../../../output/chunk';
import { find } from '../../../output/find';
import type { OutputRequest, Query } from '../../../output/messages';
import { PageOutput } from '../../../output/page_output';
import { Search } from '../../../output/search';
import type { OutputWords } from '../../../output/words';
import type { KeptEvent } from '../../../sessions/messages';
import { clickedLink } from '../output/links';
import { isFind, Marking } from '../output/marking';
import { sharedStyles } from '../output/output_styles';
import '../output/search_bar';
import type { SearchBar } from '../output/search_bar';
import '../trace/run_trace';
import type { RunTrace } from '../trace/run_trace';

/** How the page calls the one output that it shows. */
const OUTPUT = 'session';

/**
 * All that was done in a session, drawn and searched as the trace of a run is. Links and copies fire `output-request`.
 *
 * @slot - What is said of it.
 */
@customElement('session-trace')
export class SessionTrace extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .bar {
        display: flex;
        align-items: center;
        justify-content: space-between;
      }
      run-output-search {
        margin-bottom: 6px;
      }
      run-trace {
        height: max(260px, min(70vh, 640px));
      }
    `,
  ];

  /** Those of one session; only ever more of them. */
  @property({ attribute: false }) accessor events: readonly KeptEvent[] = [];
  @property({ attribute: false }) accessor words: OutputWords | null = null;
  /** Why no step can be resumed after; null when it can. */
  @property({ attribute: false }) accessor resumeProblem: string | null = null;
  @property({ type: Boolean }) accessor isOver = false;
  @state() private accessor isSearchOpen = false;
  @query('run-trace') private accessor shown!: RunTrace | null;
  @query('run-output-search') private accessor bar!: SearchBar | null;
  @query('.icon.search') private accessor opener!: HTMLElement | null;
  #output = emptyOutput();
  #search = this.#newSearch();
  readonly #marking = new Marking();
  #first: KeptEvent | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('keydown', this.#pressed, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.#pressed, true);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('events')) return;
    const [first] = this.events;
    if (first !== this.#first) {
      this.#output = emptyOutput();
      this.#search = this.#newSearch(this.#search.query);
    }
    this.#first = first;
    const { end } = this.#output.log;
    this.#output.add(this.#chunks(end, this.events.length));
    this.#searchOn();
  }

  protected override updated(): void {
    void this.shown?.updateComplete.then(() => this.#draw());
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words } = this;
    if (words === null) return nothing;
    return html`
      <div class="bar">
        <slot></slot>
        <button class="icon search" aria-label=${words.search} title=${words.search}
          aria-expanded=${String(this.isSearchOpen)}
          @click=${() => (this.isSearchOpen ? this.#closeSearch() : this.#openSearch())}></button>
      </div>
      ${this.isSearchOpen ? this.#searchBar(words) : nothing}
      <run-trace
        .output=${this.#output}
        .words=${words}
        .startsAtTop=${true}
        .isOver=${this.isOver}
        .resumeProblem=${this.resumeProblem}
        @click=${this.#clicked}
        @auxclick=${this.#clicked}
      ></run-trace>
    `;
  }

  #searchBar(words: OutputWords): TemplateResult {
    return html`<run-output-search
      .search=${this.#search}
      .words=${words}
      @search-changed=${({ detail }: CustomEvent<Query>) => this.#begin(detail)}
      @search-step=${({ detail }: CustomEvent<1 | -1>) => {
        this.#search.step(detail);
        this.#draw();
      }}
      @search-closed=${() => this.#closeSearch()}
    ></run-output-search>`;
  }

  #draw(): void {
    const { shown } = this;
    if (shown === null || !this.isConnected) return;
    this.#marking.draw(this.#search, shown);
    shown.draw();
    this.bar?.requestUpdate();
  }

  #begin(query: Query): void {
    this.#search.start(query, this.events.length);
    this.#draw();
  }

  async #openSearch(): Promise<void> {
    this.isSearchOpen = true;
    await this.updateComplete;
    this.bar?.focusInput();
  }

  #closeSearch(): void {
    this.isSearchOpen = false;
    this.#begin({ text: '', matchCase: false });
    this.opener?.focus();
  }

  #pressed = (event: KeyboardEvent): void => {
    if (!isFind(event) || this.events.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.#openSearch();
  };

  #clicked(event: MouseEvent): void {
    const url = clickedLink(event);
    if (url === undefined) return;
    const detail: OutputRequest = { type: 'openLink', url };
    this.dispatchEvent(new CustomEvent('output-request', { detail, bubbles: true, composed: true }));
  }

  #newSearch(query: Query | null = null): Search {
    const search = new Search(OUTPUT, (request) => void this.#look(search, request));
    if (query !== null) search.start(query, this.events.length);
    return search;
  }

  /** All that is searched is here; what is looked for meanwhile is another question. */
  async #look(search: Search, request: OutputRequest): Promise<void> {
    if (request.type !== 'find') return;
    const { query, from } = request;
    const searched = {
      end: this.events.length,
      read: async (at: number, count: number) => {
        const items = this.#chunks(at, at + count);
        return { items, to: at + items.length };
      },
    };
    const found = await find(searched, query, from, () => search !== this.#search || query !== search.query);
    if (!search.received({ type: 'found', runId: OUTPUT, query, from, ...found })) return;
    this.#searchOn();
    this.#draw();
  }

  /** Looks through what has come since; it comes in few large parts, so without a pause. */
  #searchOn(): void {
    this.#search.goOn(this.events.length, Number.POSITIVE_INFINITY);
  }

  #chunks(from: number, to: number): Chunk[] {
    const [first] = this.events;
    return this.events.slice(from, to).map((event, place) => chunkOf(event, from + place, first));
  }
}

/** Whatever is to be drawn is here: nothing is asked for. */
function emptyOutput(): PageOutput {
  return new PageOutput(OUTPUT, () => undefined);
}

function chunkOf(event: KeptEvent, index: number, first: KeptEvent = event): Chunk {
  const text = JSON.stringify(event);
  const atMs = Math.max(0, (secondsOf(event) - secondsOf(first)) * 1000);
  return { index, atMs, size: text.length, kind: 'value', text };
}

function secondsOf({ at }: KeptEvent): number {
  return typeof at === 'number' ? at : 0;
}

declare global {
  interface HTMLElementTagNameMap {
    'session-trace': SessionTrace;
  }
}
