import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { Inputs } from '../../runs/inputs';
import { isOver, type RunViewModel, reduce } from '../../runs/view_model';
import { duration } from '../duration';
import type { HostMessage, PageCommand, PageContent, PageWords, ShownRun, Words } from '../messages';
import { isShared, targetParts } from '../target_text';
import { editor } from './editor';
import { fill } from './element';
import type { ErrorActionDetail, OpenFrameDetail } from './error/run_error';
import './error/run_error';
import './output/run_output';
import './plain_form';
import type { RunForm } from './plain_form';

/** Drawing waits for the next frame, but not for ever: a page in a background tab gets no frames. */
const FRAME_LIMIT_MS = 200;
const CLOCK_MS = 100;

/** The page of one entrypoint: its form, and what its latest run brings. */
@customElement('run-page')
export class RunPage extends LitElement {
  @state() private accessor content: PageContent | undefined;
  @state() private accessor run: ShownRun | undefined;
  @state() private accessor now = 0;
  @query('run-form') private accessor form!: RunForm | null;
  #words: Words | undefined;
  #inputs: Inputs = { args: [], kwargs: {} };
  #startedAt = 0;
  #undrawn: number | undefined;
  #focusWhenDrawn = false;
  #clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.#tick(), CLOCK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  received(message: HostMessage): void {
    switch (message.type) {
      case 'show':
        this.#words = message.words;
        this.content = message.content;
        this.#inputs = message.content.inputs;
        this.#focusWhenDrawn = message.focus;
        this.#show(message.content.run ?? undefined);
        break;
      case 'run':
        this.#show(message.run);
        break;
      case 'focusForm':
        this.form?.focusFirst();
        break;
      case 'event':
        this.#happened(message);
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
    if (this.run !== undefined && this.#undrawn !== undefined) {
      editor.postMessage({ type: 'drawn', runId: this.run.model.runId, seq: this.#undrawn });
      this.#undrawn = undefined;
    }
    if (this.#focusWhenDrawn && this.form !== null) {
      this.#focusWhenDrawn = false;
      void this.form.updateComplete.then(() => this.form?.focusFirst());
    }
  }

  protected override render() {
    const words = this.#words;
    const content = this.content;
    if (words === undefined || content === undefined) return nothing;
    return html`
      ${this.#header(content, words)}
      <section class="inputs" aria-label=${words.page.inputs}>
        ${
          content.info === null
            ? html`<p class="note">${words.page.loading}</p>`
            : html`<run-form
                .info=${content.info}
                .inputs=${content.inputs}
                @inputs-changed=${this.#inputsChanged}
                @run-requested=${this.#runRequested}
              ></run-form>`
        }
      </section>
      ${this.run === undefined ? nothing : this.#result(this.run.model, words)}
    `;
  }

  #header(content: PageContent, words: Words) {
    const model = this.run?.model;
    const running = model !== undefined && !isOver(model.phase);
    return html`<header>
      <div class="heading">
        <h1>${content.tag}</h1>
        <span class="project">${content.project}</span>
        <span class="actions">
          ${
            running
              ? html`<vscode-button icon="debug-stop" @click=${() => this.#ask('cancel')}
                  >${words.page.cancel}</vscode-button
                >`
              : html`<vscode-button icon="play" @click=${() => this.#start()}
                  >${words.page.actions[content.action]}</vscode-button
                >`
          }
        </span>
      </div>
      ${model === undefined ? html`<p class="note">${words.page.notRun}</p>` : this.#state(model, words)}
    </header>`;
  }

  #state(model: RunViewModel, words: Words) {
    const { target } = model;
    return html`
      <div class="state">
        <span class="phase" role="status" data-phase=${model.phase}>${words.page.phases[model.phase]}</span>
        <span class="time">${duration(this.#elapsed(model))}</span>
        <span class="details">${details(model, words.page)}</span>
      </div>
      <p class=${target !== null && isShared(target) ? 'target shared' : 'target'}>${
        target === null ? nothing : targetParts(target, words.target).join(' · ')
      }</p>
      <p class="notice" role="status">${model.notice ?? nothing}</p>
    `;
  }

  #result(model: RunViewModel, words: Words) {
    return html`
      <run-error
        .error=${model.error}
        .words=${words.error}
        debuggable
        @error-action=${this.#errorAction}
        @open-frame=${(event: CustomEvent<OpenFrameDetail>) =>
          editor.postMessage({ type: 'openFrame', index: event.detail.index })}
        @debug-requested=${() => this.#ask('debug')}
        @copy-error=${() => this.#ask('copyError')}
      ></run-error>
      <run-output .run=${model} .words=${words.output}></run-output>
    `;
  }

  #errorAction({ detail }: CustomEvent<ErrorActionDetail>): void {
    if (detail.action === 'edit-inputs') this.form?.focusFirst();
    else this.#ask('errorAction');
  }

  #show(run: ShownRun | undefined): void {
    this.run = run;
    this.#startedAt = performance.now() - (run?.elapsedMs ?? 0);
    this.#undrawn = undefined;
  }

  #happened({ runId, event }: Extract<HostMessage, { type: 'event' }>): void {
    if (this.run === undefined || runId !== this.run.model.runId) return;
    this.run = { ...this.run, model: reduce(this.run.model, event) };
    if (event.type === 'output') this.#undrawn = event.seq;
  }

  #tick(): void {
    if (this.run !== undefined && !isOver(this.run.model.phase)) this.now = performance.now();
  }

  #elapsed(model: RunViewModel): number {
    return model.elapsedMs ?? performance.now() - this.#startedAt;
  }

  #ask(command: PageCommand): void {
    editor.postMessage({ type: 'command', command });
  }

  #inputsChanged({ detail }: CustomEvent<{ readonly inputs: Inputs }>): void {
    this.#inputs = detail.inputs;
    editor.postMessage({ type: 'inputs', inputs: detail.inputs });
  }

  #runRequested({ detail }: CustomEvent<{ readonly inputs: Inputs }>): void {
    this.#inputs = detail.inputs;
    this.#start();
  }

  #start(): void {
    editor.postMessage({ type: 'run', inputs: this.#inputs });
  }
}

function details(model: RunViewModel, words: PageWords): string {
  const parts: string[] = model.step === null ? [] : [model.step];
  if (model.attempts !== null && model.attempts > 1) {
    parts.push(fill(words.attempts, model.attempts.toLocaleString()));
  }
  return parts.join(', ');
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
