import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Announcements } from '../../../output/announcements';
import type { OutputFeed } from '../../../output/feed';
import type { OutputAction, OutputRequest, Query } from '../../../output/messages';
import type { OutputWords, OutputView as ViewName } from '../../../output/words';
import { isOver, type RunViewModel } from '../../../runs/view_model';
import { traceNews } from '../../../trace/news';
import { fill } from '../../../translate';
import { clickedLink } from './links';
import { isFind, Marking } from './marking';
import { pageStyles, sharedStyles } from './output_styles';
import type { OutputView } from './output_view';
import type { SearchBar } from './search_bar';
import './metrics_bar';
import './search_bar';
import { shownView, viewNamed, viewTabs } from './views';

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
  /** The view that was chosen, told by `view-changed`; null: the trace where there is one, or else the text. */
  @property({ attribute: false }) accessor view: ViewName | null = null;
  /** Why the session of a trace can neither be looked at nor resumed; null when it can. */
  @property({ attribute: false }) accessor sessionProblem: string | null = null;
  /** Why no step of a trace can be resumed after; null when it can. */
  @property({ attribute: false }) accessor resumeProblem: string | null = null;
  @state() private accessor hasTrace = false;
  @state() private accessor isSearchOpen = false;
  @state() private accessor isAtEnd = true;
  @state() private accessor done: OutputAction | null = null;
  @state() private accessor count = 0;
  @state() private accessor silentMs: number | null = null;
  @query('.view') private accessor shown!: OutputView | null;
  @query('run-output-search') private accessor bar!: SearchBar | null;
  @query('.announcer') private accessor announcer!: HTMLElement | null;
  readonly #announcements = new Announcements();
  #drawnOutput: OutputFeed['output'] | undefined;
  #frame: { readonly animation: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #doneTimer: ReturnType<typeof setTimeout> | undefined;
  #metricsAt = 0;
  #drawnView: ViewName | undefined;
  readonly #marking = new Marking();

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
    const isOther = changed.has('view') || changed.has('run') || this.#drawnView !== this.#shownView;
    this.#drawnView = this.#shownView;
    if (isOther) void this.shown?.updateComplete.then(() => this.#draw());
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
        ${viewTabs(words, this.#shownView, this.hasTrace, (view) => this.#choose(view))}
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
        aria-labelledby="tab-${this.#shownView}"
        @view-moved=${this.#moved}
        @output-request=${({ detail }: CustomEvent<OutputRequest>) => this.#ask(detail)}
        @click=${this.#clicked}
        @auxclick=${this.#clicked}
      >
        ${viewNamed(this.#shownView, {
          output,
          words,
          startsAtTop: run.kind === 'run',
          isOver: isOver(run.phase),
          sessionProblem: this.sessionProblem,
          resumeProblem: this.sessionProblem ?? this.resumeProblem,
        })}
        <button class="jump" ?hidden=${this.isAtEnd} @click=${() => this.shown?.toEnd()}>
          ${words.jumpToEnd}
        </button>
      </div>
      <div class="announcer" role="status"></div>
    `;
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

  get #shownView(): ViewName {
    return shownView(this.view, this.hasTrace);
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
    if (this.#drawnOutput !== feed.output) this.#say(''); // what another run has said
    this.#drawnOutput = feed.output;
    this.hasTrace = feed.output.trace.isFound;
    if (shown !== null) {
      shown.output = feed.output;
      this.#marking.draw(feed.search, shown);
      this.bar?.requestUpdate();
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
    if (view === this.#shownView) return;
    this.view = view;
    this.#marking.begin();
    this.dispatchEvent(new CustomEvent('view-changed', { bubbles: true, composed: true, detail: { view } }));
  }

  #pressed = (event: KeyboardEvent): void => {
    if (!isFind(event) || this.count === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.openSearch();
  };

  #clicked(event: MouseEvent): void {
    const url = clickedLink(event);
    if (url !== undefined) this.#ask({ type: 'openLink', url });
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
    const { isFound, trace } = feed.output.trace;
    const news = this.#announcements.next(feed.output, performance.now(), (chunks) =>
      isFound ? traceNews(trace, words.trace) : fill(words.newChunks, chunks.toLocaleString()),
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
