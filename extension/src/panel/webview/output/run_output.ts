import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Announcements } from '../../../output/announcements';
import type { OutputFeed } from '../../../output/feed';
import { isWebLink, type OutputAction, type OutputRequest, type Query } from '../../../output/messages';
import { OUTPUT_VIEWS, type OutputWords, type OutputView as ViewName } from '../../../output/words';
import { isOver, type RunViewModel } from '../../../runs/view_model';
import { fill } from '../../../translate';
import { pageStyles, sharedStyles } from './output_styles';
import type { OutputView } from './output_view';
import type { SearchBar } from './search_bar';
import './events_view';
import './json_view';
import './metrics_bar';
import './raw_view';
import './search_bar';
import './text_view';

/** Drawing waits for the next frame, but not for ever: a page in a background tab gets no frames. */
const FRAME_LIMIT_MS = 200;
const CLOCK_MS = 500;
/** Numbers that change in every frame cannot be read. */
const METRICS_MS = 200;

/** What came out of a run, and how it came. */
@customElement('run-output')
export class RunOutput extends LitElement {
  static override styles = [sharedStyles, pageStyles];

  @property({ attribute: false }) accessor run: RunViewModel | null = null;
  @property({ attribute: false }) accessor words: OutputWords | null = null;
  @property({ attribute: false }) accessor feed: OutputFeed | null = null;
  /** The view; `view-changed` tells of another choice. */
  @property() accessor view: ViewName = 'text';
  @state() private accessor isSearchOpen = false;
  @state() private accessor isAtEnd = true;
  @state() private accessor done: OutputAction | null = null;
  @state() private accessor count = 0;
  @state() private accessor silentMs: number | null = null;
  @query('.view') private accessor shown!: OutputView | null;
  @query('run-output-search') private accessor bar!: SearchBar | null;
  @query('.announcer') private accessor announcer!: HTMLElement | null;
  readonly #announcements = new Announcements();
  #frame: { readonly animation: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #doneTimer: ReturnType<typeof setTimeout> | undefined;
  #metricsAt = 0;
  #chosen: { readonly query: Query | null; readonly index: number } = { query: null, index: -1 };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.#tick(), CLOCK_MS);
    // Before VS Code hears of it, which would open its own search of what is drawn.
    window.addEventListener('keydown', this.#pressed, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    clearTimeout(this.#doneTimer);
    window.removeEventListener('keydown', this.#pressed, true);
  }

  /** Opens the search of all output and puts the keyboard into it. */
  async openSearch(): Promise<void> {
    this.isSearchOpen = true;
    await this.updateComplete;
    this.bar?.focusInput();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('feed') && this.feed !== null) {
      this.feed.changed = () => this.#schedule();
      this.feed.done = ({ action }) => this.#finished(action);
      this.#schedule();
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('view') || changed.has('run')) void this.shown?.updateComplete.then(() => this.#draw());
  }

  protected override render() {
    const { run, words, feed } = this;
    if (run === null || words === null || feed === null) return nothing;
    const isEmpty = this.count === 0 && feed.output.log.end === 0;
    if (isEmpty && isOver(run.phase)) {
      return run.error === null ? html`<p class="note">${words.noOutput}</p>` : nothing;
    }
    const { output } = feed;
    return html`
      <div class="bar">
        ${this.#tabs(words)}
        <div class="tools">${isEmpty ? nothing : this.#tools(words)}</div>
      </div>
      <run-output-metrics .output=${output} .words=${words} .kind=${run.kind} .silentMs=${this.silentMs}
        .count=${this.count}></run-output-metrics>
      ${this.isSearchOpen ? this.#search(words, feed) : nothing}
      ${output.log.first > 0 ? html`<p class="note">${fill(words.earlierNote, output.log.first.toLocaleString())}</p>` : nothing}
      <div
        class="body"
        id="panel"
        role="tabpanel"
        aria-labelledby="tab-${this.view}"
        @view-moved=${this.#moved}
        @output-request=${({ detail }: CustomEvent<OutputRequest>) => this.#ask(detail)}
        @click=${this.#clicked}
        @auxclick=${this.#clicked}
      >
        ${this.#view(words, feed, run)}
        <button class="jump" ?hidden=${this.isAtEnd} @click=${() => this.shown?.toEnd()}>
          ${words.jumpToEnd}
        </button>
      </div>
      <div class="announcer" role="status"></div>
    `;
  }

  #tabs(words: OutputWords) {
    return html`<div class="tabs" role="tablist" aria-label=${words.view} @keydown=${this.#tabPressed}>
      ${OUTPUT_VIEWS.map(
        (view) => html`<button
          role="tab"
          id="tab-${view}"
          aria-selected=${String(view === this.view)}
          aria-controls="panel"
          tabindex=${view === this.view ? 0 : -1}
          @click=${() => this.#choose(view)}
        >${words.views[view]}</button>`,
      )}
    </div>`;
  }

  #tools(words: OutputWords) {
    const isDone = (action: OutputAction) => this.done === action;
    return html`
      <button class="icon search" aria-label=${words.search} title=${words.search}
        aria-expanded=${String(this.isSearchOpen)} @click=${this.#toggleSearch}></button>
      <button class="icon ${isDone('copy') ? 'check' : 'copy'}" aria-label=${words.copy} title=${words.copy}
        @click=${() => this.#act('copy')}></button>
      <button class="icon ${isDone('save') ? 'check' : 'save'}" aria-label=${words.save} title=${words.save}
        @click=${() => this.#act('save')}></button>
      <button class="icon go-to-file" aria-label=${words.openDocument} title=${words.openDocument}
        @click=${() => this.#act('open')}></button>
    `;
  }

  #search(words: OutputWords, feed: OutputFeed) {
    return html`<run-output-search
      .search=${feed.search}
      .words=${words}
      @search-changed=${({ detail }: CustomEvent<Query>) => feed.search.start(detail, feed.output.log.end)}
      @search-step=${({ detail }: CustomEvent<1 | -1>) => this.#step(detail)}
      @search-closed=${this.#closeSearch}
    ></run-output-search>`;
  }

  #view(words: OutputWords, { output }: OutputFeed, run: RunViewModel) {
    const [top, over] = [run.kind === 'run', isOver(run.phase)];
    switch (this.view) {
      case 'text':
        return html`<run-output-text class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-text>`;
      case 'events':
        return html`<run-output-events class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-events>`;
      case 'json':
        return html`<run-output-json class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-json>`;
      case 'raw':
        return html`<run-output-raw class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-raw>`;
    }
  }

  #schedule(): void {
    if (this.#frame !== undefined) return;
    const draw = () => {
      if (this.#frame === undefined) return;
      cancelAnimationFrame(this.#frame.animation);
      clearTimeout(this.#frame.timer);
      this.#frame = undefined;
      this.#draw();
    };
    this.#frame = { animation: requestAnimationFrame(draw), timer: setTimeout(draw, FRAME_LIMIT_MS) };
  }

  #draw(): void {
    const { feed, shown } = this;
    if (feed === null || !this.isConnected) return;
    if (shown !== null) {
      shown.output = feed.output;
      this.#markMatches(feed, shown);
      shown.draw();
      this.isAtEnd = shown.isAtEnd;
    }
    this.#showMetrics(feed);
    const seq = feed.output.takeSeq();
    if (seq !== undefined) this.#ask({ type: 'drawn', runId: feed.output.runId, seq });
  }

  #showMetrics(feed: OutputFeed): void {
    const now = performance.now();
    const isFirst = this.count === 0 || feed.output.log.end < this.count;
    if (!isFirst && now - this.#metricsAt < METRICS_MS) return;
    this.#metricsAt = now;
    this.count = feed.output.log.end;
  }

  #markMatches(feed: OutputFeed, shown: OutputView): void {
    const { search } = feed;
    if (search.query !== null && search.current < 0 && search.matches.length > 0) {
      search.choose(shown.position);
    }
    const { query, current: index } = search;
    const isOther = query !== this.#chosen.query || index !== this.#chosen.index;
    shown.mark(query === null ? null : { query, matches: search.matches, index });
    this.bar?.requestUpdate();
    if (!isOther) return;
    this.#chosen = { query, index };
    if (search.match !== null) shown.show(search.match);
  }

  #step(by: 1 | -1): void {
    this.feed?.search.step(by);
    this.#draw();
  }

  #toggleSearch(): void {
    if (this.isSearchOpen) this.#closeSearch();
    else void this.openSearch();
  }

  #closeSearch(): void {
    this.isSearchOpen = false;
    this.feed?.search.start({ text: '', matchCase: false }, 0);
    this.#draw();
    this.renderRoot.querySelector<HTMLElement>('.icon.search')?.focus();
  }

  #choose(view: ViewName): void {
    if (view === this.view) return;
    this.view = view;
    this.#chosen = { query: null, index: -1 };
    this.dispatchEvent(new CustomEvent('view-changed', { bubbles: true, composed: true, detail: { view } }));
  }

  #tabPressed(event: KeyboardEvent): void {
    const at = OUTPUT_VIEWS.indexOf(this.view);
    const { length } = OUTPUT_VIEWS;
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % length,
      ArrowLeft: (at + length - 1) % length,
      Home: 0,
      End: length - 1,
    };
    const view = OUTPUT_VIEWS[moves[event.key] ?? -1];
    if (view === undefined) return;
    event.preventDefault();
    this.#choose(view);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${view}`)?.focus();
  }

  /** The page's own search sees only what is drawn. */
  #pressed = (event: KeyboardEvent): void => {
    const isFind = event.key === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isFind || this.count === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.openSearch();
  };

  /** Links of an agent go through the extension, which looks at them once more. */
  #clicked(event: MouseEvent): void {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (link === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.button <= 1 && isWebLink(link.href)) this.#ask({ type: 'openLink', url: link.href });
  }

  #moved(): void {
    this.isAtEnd = this.shown?.isAtEnd ?? true;
  }

  #act(action: OutputAction): void {
    if (this.feed !== null) this.#ask({ type: 'output', runId: this.feed.output.runId, action });
  }

  #finished(action: OutputAction): void {
    const words = { copy: this.words?.copied, save: this.words?.saved, open: undefined }[action];
    this.done = action;
    if (words !== undefined) this.#say(words);
    clearTimeout(this.#doneTimer);
    this.#doneTimer = setTimeout(() => {
      this.done = null;
    }, 2_000);
  }

  #tick(): void {
    const { feed, run, words } = this;
    if (feed === null || run === null || words === null) return;
    const { end } = feed.output.log;
    const waits = run.phase === 'running' && run.kind === 'stream' && end > 0;
    this.silentMs = waits ? performance.now() - feed.lastChunkAt : null;
    this.count = end;
    if (this.isSearchOpen) feed.search.goOn(end, performance.now());
    const news = this.#announcements.next(feed.output, performance.now(), (chunks) =>
      fill(words.newChunks, chunks.toLocaleString()),
    );
    if (news !== undefined) this.#say(news);
  }

  #say(text: string): void {
    if (this.announcer !== null) this.announcer.textContent = text;
  }

  #ask(request: OutputRequest): void {
    this.feed?.ask(request);
  }
}
