import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { sameInputs } from '../../form/inputs_text';
import { OutputFeed } from '../../output/feed';
import type { OutputView } from '../../output/words';
import { sentProblems } from '../../runs/input_problems';
import { type Inputs, NO_INPUTS } from '../../runs/inputs';
import type { RunOptions } from '../../runs/run';
import { isOver, type RunViewModel, reduce } from '../../runs/view_model';
import { takesSession } from '../../sessions/resume';
import type { HostMessage, PageCommand, PageContent, SessionRequest, ShownRun, Words } from '../messages';
import { pageState, readPageState } from '../page_state';
import './case_row';
import { editor } from './editor';
import './error/run_error';
import type { ErrorActionDetail, OpenFrameDetail } from './error/run_error';
import './form/run_form';
import type { CurrentInputs, RunForm } from './form/run_form';
import { header, resultLine } from './headings';
import './output/run_output';
import './run_options';
import { mayResume, type SessionStep, sessionLine } from './session_line';
import { startButton } from './start_button';

/** Drawing waits for the next frame, but not for ever: a page in a background tab gets no frames. */
const FRAME_LIMIT_MS = 200;
const CLOCK_MS = 100;

/** The page of one entrypoint: its form, and what its latest run brings. */
@customElement('run-page')
export class RunPage extends LitElement {
  @state() private accessor content: PageContent | undefined;
  @state() private accessor now = 0;
  /** As they stand in the form. */
  @state() private accessor inputs: Inputs = NO_INPUTS;
  @state() private accessor view: OutputView | null = readPageState(editor.getState())?.view ?? null;
  @query('run-form') private accessor form!: RunForm | null;
  #words: Words | undefined;
  #startedAt = 0;
  readonly #feed = new OutputFeed((request) => editor.postMessage({ type: 'outputRequest', request }));
  #wantsFocus = false;
  #isNewRun = false;
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.#tick(), CLOCK_MS);
    this.addEventListener('keydown', this.#pressed, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.removeEventListener('keydown', this.#pressed, { capture: true });
  }

  received(message: HostMessage): void {
    switch (message.type) {
      case 'show':
        this.#words = message.words;
        this.#replace(message.content, message.content);
        break;
      case 'update':
        if (this.content !== undefined)
          this.#replace({ ...this.content, ...message.changes }, message.changes);
        break;
      case 'focus':
        this.#wantsFocus = true;
        this.requestUpdate();
        break;
      case 'start':
        this.#start();
        break;
      case 'event':
        this.#happened(message);
        break;
      case 'outputAnswer':
        this.#feed.received(message.answer);
        break;
    }
  }

  /** The rules of the page are those of its document. */
  protected override createRenderRoot() {
    return this;
  }

  protected override async scheduleUpdate(): Promise<void> {
    await nextFrame();
    super.scheduleUpdate();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.#isNewRun) {
      this.#isNewRun = false;
      // Below a long form nobody would see that something happens.
      this.querySelector('.result')?.scrollIntoView({ block: 'nearest' });
    }
    if (this.#wantsFocus && this.form !== null) {
      this.#wantsFocus = false;
      void this.form.focusFirst();
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const words = this.#words;
    const content = this.content;
    if (words === undefined || content === undefined) return nothing;
    const model = content.run?.model;
    return html`
      ${header(content, words.page, () => this.#ask('chooseTarget'))}
      <section class="inputs" aria-labelledby="inputs-heading">
        <div class="section-bar">
          <h2 id="inputs-heading">${words.page.inputs}</h2>
          <case-row
            .cases=${content.cases}
            .chosen=${content.caseUri}
            ?changed=${content.caseInputs !== null && !sameInputs(this.inputs, content.caseInputs)}
            .words=${words.page.cases}
            @case-chosen=${({ detail }: CustomEvent<{ uri: string | null }>) =>
              editor.postMessage({ type: 'useCase', uri: detail.uri })}
            @case-command=${({ detail }: CustomEvent<{ command: PageCommand }>) => this.#ask(detail.command)}
          ></case-row>
        </div>
        ${this.#form(content, words)}
      </section>
      ${model === undefined ? nothing : this.#result(model, words)}
    `;
  }

  #form(content: PageContent, words: Words): TemplateResult {
    if (content.problem !== null) return html`<p class="problem" role="alert">${content.problem}</p>`;
    if (content.info === null) return html`<p class="note">${words.page.loading}</p>`;
    return html`<run-form
      .info=${content.info}
      .inputs=${content.inputs}
      .words=${words.form}
      @inputs-changed=${this.#inputsChanged}
      @run-requested=${this.#runRequested}
    >
      <run-options
        slot="actions"
        .options=${content.options}
        .words=${words.page.options}
        @options-changed=${this.#optionsChanged}
      ></run-options>
      ${startButton(content, words.page, { start: () => this.#start(), cancel: () => this.#ask('cancel') })}
    </run-form>`;
  }

  #result(model: RunViewModel, words: Words): TemplateResult {
    const { session = null, info = null } = this.content ?? {};
    const elapsed = model.elapsedMs ?? performance.now() - this.#startedAt;
    return html`<section class="result" aria-label=${words.page.result}>
      ${resultLine(model, elapsed, words)}
      <run-error
        .error=${model.error}
        .words=${words.error}
        .root=${folderOf(this.content?.configUri ?? '')}
        ?debuggable=${model.target !== null}
        ?outdone=${mayResume(session, info)}
        @error-action=${this.#errorAction}
        @open-frame=${(event: CustomEvent<OpenFrameDetail>) =>
          editor.postMessage({ type: 'openFrame', index: event.detail.index })}
        @debug-requested=${() => this.#ask('debug')}
        @copy-error=${() => this.#ask('copyError')}
      ></run-error>
      ${sessionLine(session, info, words.page.session, (type, at) => this.#askSession(type, at))}
      <run-output
        .run=${model}
        .feed=${this.#feed}
        .words=${words.output}
        .view=${this.view}
        .sessionProblem=${this.#sessionProblem(model, words)}
        .resumeProblem=${this.#resumeProblem(words)}
        @view-changed=${this.#viewChanged}
        @session-requested=${({ detail }: CustomEvent<SessionStep>) => this.#askSession('showSession', detail)}
        @resume-requested=${({ detail }: CustomEvent<SessionStep>) => this.#askSession('resumeSession', detail)}
      ></run-output>
    </section>`;
  }

  /** Once a run is over it is known whether its session is here. */
  #sessionProblem({ phase }: RunViewModel, words: Words): string | null {
    return isOver(phase) && this.content?.session === null ? words.page.session.notHere : null;
  }

  #resumeProblem(words: Words): string | null {
    const info = this.content?.info ?? null;
    return info === null || takesSession(info) ? null : words.page.session.noResume;
  }

  #askSession(type: SessionRequest['type'], { session, step }: SessionStep): void {
    editor.postMessage({ type, session, step });
  }

  #viewChanged({ detail }: CustomEvent<{ readonly view: OutputView }>): void {
    this.view = detail.view;
    if (this.content !== undefined) this.#keep(this.content);
  }

  #replace(content: PageContent, changes: Partial<PageContent>): void {
    if (changes.inputs !== undefined) this.inputs = changes.inputs;
    if (changes.run !== undefined) this.#startedAt = performance.now() - (changes.run?.elapsedMs ?? 0);
    if (changes.run) {
      this.#isNewRun = changes.run.model.runId !== this.content?.run?.model.runId;
      this.#feed.show(changes.run.model.runId, changes.run.output);
    }
    this.#keep(content);
  }

  /** What is shown is also what comes back when the window is opened again. */
  #keep(content: PageContent): void {
    this.content = content;
    editor.setState(pageState(content, this.inputs, this.view));
  }

  #happened({ runId, event }: Extract<HostMessage, { type: 'event' }>): void {
    const { content } = this;
    const run = content?.run;
    if (content === undefined || !run || runId !== run.model.runId) return;
    const next: ShownRun = { ...run, model: reduce(run.model, event) };
    this.#feed.apply(event);
    if (event.type !== 'finished') {
      this.content = { ...content, run: next };
      return;
    }
    this.#keep({ ...content, run: next, historyId: event.outcome.historyId ?? null });
    const { error } = event.outcome;
    if (error !== undefined) this.form?.show(sentProblems(error));
  }

  #tick(): void {
    const phase = this.content?.run?.model.phase;
    if (phase !== undefined && !isOver(phase)) this.now = performance.now();
  }

  #ask(command: PageCommand): void {
    editor.postMessage({ type: 'command', command });
  }

  #errorAction({ detail }: CustomEvent<ErrorActionDetail>): void {
    if (detail.action === 'edit-inputs') void this.form?.focusFirst();
    else this.#ask('errorAction');
  }

  #inputsChanged({ detail }: CustomEvent<CurrentInputs>): void {
    this.inputs = detail.inputs;
    if (this.content !== undefined) this.#keep(this.content);
    this.#tellInputs('inputs');
  }

  #optionsChanged({ detail }: CustomEvent<{ readonly options: RunOptions }>): void {
    if (this.content !== undefined) this.#keep({ ...this.content, options: detail.options });
    editor.postMessage({ type: 'options', options: detail.options });
  }

  #runRequested({ detail }: CustomEvent<{ readonly inputs: Inputs }>): void {
    this.inputs = detail.inputs;
    this.#tellInputs('run');
  }

  #tellInputs(type: 'inputs' | 'run'): void {
    editor.postMessage({ type, inputs: this.inputs, inputsAt: this.content?.inputsAt ?? 0 });
  }

  #start(): void {
    void this.form?.requestRun();
  }

  /** Before whatever has the keyboard hears of it: to a button it would be a press as well. */
  #pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // VS Code has the same key for the page as a whole and would start a second run.
    event.stopPropagation();
    this.#start();
  };
}

function folderOf(uri: string): string {
  return uri.slice(0, Math.max(0, uri.lastIndexOf('/')));
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FRAME_LIMIT_MS);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
