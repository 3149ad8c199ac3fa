import { fill } from '../../../translate';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type ErrorAction, errorActions, isWorthDebugging } from '../../../runs/error_buttons';
import { errorMessage, furtherDetails } from '../../../runs/error_text';
import { inputProblems, type ShownProblem } from '../../../runs/input_problems';
import { placeText, type Step, type TracebackRow, tracebackRows } from '../../../runs/traceback';
import type { RunError as Failure, TracebackFrame } from '../../../server/protocol.generated';
import './long_text';
import { styles } from './styles';
import type { ErrorWords } from './words';

/** What `error-action` tells: one of the actions that the server knows. */
export interface ErrorActionDetail {
  readonly action: ErrorAction;
}

/** What `open-frame` tells: the place of a step in the error's list of frames. */
export interface OpenFrameDetail {
  readonly index: number;
}

/**
 * Why a run failed: the words, each problem of the inputs, the agent's traceback, and what can be done next.
 *
 * Sends `error-action` ({action}), `open-frame` ({index}), `debug-requested` and `copy-error`. All of the error is
 * text that an agent may have written: it is shown as text and never trusted.
 */
@customElement('run-error')
export class RunErrorElement extends LitElement {
  static override styles = styles;

  @property({ attribute: false }) accessor error: Failure | null = null;
  @property({ attribute: false }) accessor words: ErrorWords | null = null;
  /** The agent's folder, a file URI: paths below it are shown from there on. */
  @property({ attribute: false }) accessor root = '';
  /** Whether the same inputs can be sent to the agent under the debugger. */
  @property({ type: Boolean }) accessor debuggable = false;
  /** Whether something better is offered beside the error: then none of its own ways is the main one. */
  @property({ type: Boolean }) accessor outdone = false;

  protected override render(): TemplateResult {
    const { error, words } = this;
    const shown = error !== null && words !== null;
    // The place of the announcement is always there: only what appears inside it is read out.
    return html`
      <section class="error" ?hidden=${!shown}>
        <div class=${shown ? 'said' : ''} role="alert">${shown ? announcement(error, words) : nothing}</div>
        ${shown ? html`<div class="rest">${this.#rest(error, words)}</div>` : nothing}
      </section>
    `;
  }

  #rest(error: Failure, words: ErrorWords): TemplateResult {
    const hint = error.action === undefined ? undefined : words.hints[error.action];
    return html`
      ${this.#traceback(error.frames ?? [], words)}
      ${hint === undefined ? nothing : html`<p>${hint}</p>`}
      ${error.suggestion === null ? nothing : html`<p class="suggestion">${withCode(error.suggestion)}</p>`}
      ${this.#buttons(error, words)}
      ${details(error, words)}
    `;
  }

  #traceback(frames: readonly TracebackFrame[], words: ErrorWords): TemplateResult | typeof nothing {
    if (frames.length === 0) return nothing;
    const rows = tracebackRows(frames).map((row) => this.#row(row, words));
    return html`<h3>${words.traceback}</h3><ol class="frames">${rows}</ol>`;
  }

  #row(row: TracebackRow, words: ErrorWords): TemplateResult {
    if (row.type === 'step') {
      return html`<li class=${row.failing ? 'failing' : ''}>${this.#step(row.step, words)}</li>`;
    }
    const count = row.steps.length;
    const label = count === 1 ? words.oneOutsideStep : fill(words.outsideSteps, count.toLocaleString());
    const steps = row.steps.map((step) => html`<li>${this.#step(step, words)}</li>`);
    return html`<li><details class="outside"><summary>${label}</summary><ol>${steps}</ol></details></li>`;
  }

  #step({ index, frame, times }: Step, words: ErrorWords): TemplateResult {
    const place = placeText(frame, this.root);
    // Only what the server has found in the project can be opened; the host looks at it once more.
    const shown =
      frame.uri === null
        ? html`<span title=${frame.file}>${place}</span>`
        : html`<button type="button" class="link" title=${frame.file} @click=${() => this.#open(index)}>${place}</button>`;
    return html`
      ${shown}
      ${frame.function ? fill(words.inFunction, frame.function) : nothing}
      ${times === 1 ? nothing : html`<span class="times">(${fill(words.repeated, times.toLocaleString())})</span>`}
      ${frame.text === null ? nothing : html`<code class="source">${frame.text}</code>`}
    `;
  }

  #buttons(error: Failure, words: ErrorWords): TemplateResult {
    const actions = errorActions(error).map(
      (action, place) => html`<vscode-button
        data-action=${action}
        ?secondary=${this.outdone || place > 0}
        @click=${() => this.#tell<ErrorActionDetail>('error-action', { action })}
        >${words.actions[action]}</vscode-button
      >`,
    );
    const debug =
      this.debuggable && isWorthDebugging(error)
        ? html`<vscode-button secondary icon="debug-alt" @click=${() => this.#tell('debug-requested')}
            >${words.debug}</vscode-button
          >`
        : nothing;
    return html`<div class="buttons">
      ${actions}${debug}
      <vscode-button secondary icon="copy" @click=${() => this.#tell('copy-error')}>${words.copy}</vscode-button>
    </div>`;
  }

  #open(index: number): void {
    this.#tell<OpenFrameDetail>('open-frame', { index });
  }

  #tell<T>(type: string, detail?: T): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** What a screen reader says of itself; the traceback is for those who go there. */
function announcement(error: Failure, words: ErrorWords): TemplateResult {
  const problems = inputProblems(error);
  const refused = problems.length > 0;
  return html`
    <h2>
      ${refused ? words.refusedHeading : words.heading} <code>${error.code}</code>
      ${error.kind === undefined ? nothing : html`<span class="kind">${words.kinds[error.kind]}</span>`}
    </h2>
    ${
      // The message of refused inputs only strings the problems together.
      refused
        ? html`<ul class="problems">${problems.map(problemItem)}</ul>`
        : html`<long-text class="message" .text=${errorMessage(error)} .showAll=${words.showAll}></long-text>`
    }
  `;
}

function problemItem({ where, message }: ShownProblem): TemplateResult {
  return html`<li>${where === '' ? nothing : html`<code>${where}</code> `}${message}</li>`;
}

function details(error: Failure, words: ErrorWords): TemplateResult | typeof nothing {
  const text = furtherDetails(error);
  if (text === undefined) return nothing;
  return html`<details class="details">
    <summary>${words.details}</summary>
    <long-text class="code" .text=${text} .showAll=${words.showAll}></long-text>
  </details>`;
}

/** What stands between backquotes is code. */
function withCode(text: string): (string | TemplateResult)[] {
  return text
    .split(/`([^`\n]+)`/)
    .map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : part));
}

declare global {
  interface HTMLElementTagNameMap {
    'run-error': RunErrorElement;
  }
}
