import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { OutputRequest } from '../../../output/messages';
import type { OutputWords } from '../../../output/words';
import type { SessionDetails, SessionSummary } from '../../../server/protocol.generated';
import type {
  KeptEvent,
  SessionContent,
  SessionHostMessage,
  SessionPageMessage,
} from '../../../sessions/messages';
import { resumingAfter, sessionFacts, stateText } from '../../../sessions/session_text';
import type { SessionTab, SessionWords } from '../../../sessions/words';
import { fill } from '../../../translate';
import type { StepRequest } from '../trace/run_trace';
import './checkpoint_list';
import type { StepChosen } from './checkpoint_list';
import { pageStyles } from './page_styles';
import './session_state';
import type { TabChosen } from './session_state';
import { sessionStyles } from './session_styles';

/** Characters of the question in the heading. */
const TITLE_LENGTH = 300;

/** The page of one session: its steps, and what it had in mind after each. */
@customElement('session-page')
export class SessionPage extends LitElement {
  static override styles = [sessionStyles, pageStyles];

  /** Takes messages to the extension. */
  @property({ attribute: false }) accessor send: (message: SessionPageMessage) => void = () => undefined;
  /** What is looked at; null while nothing was chosen. */
  @property({ attribute: false }) accessor tab: SessionTab | null = null;
  @state() private accessor content: SessionContent | null = null;
  @state() private accessor words: SessionWords | null = null;
  @state() private accessor outputWords: OutputWords | null = null;
  @state() private accessor events: readonly KeptEvent[] | null = null;
  @state() private accessor eventsCut = false;

  received(message: SessionHostMessage): void {
    if (message.type === 'events') {
      this.#happened(message);
      return;
    }
    const { session, details } = message.content;
    const before = this.content?.details?.session.startedAt;
    // While one is read anew, nothing is known of it: another session may have its id by now.
    const isSame = session === this.content?.session && before === details?.session.startedAt;
    if (!isSame) this.events = null;
    this.content = message.content;
    this.words = message.words;
    this.outputWords = message.outputWords;
  }

  #happened({ session, from, events, isCut }: Extract<SessionHostMessage, { type: 'events' }>): void {
    const known = this.events ?? [];
    if (session !== this.content?.session || from > known.length) return;
    // Of two questions that were asked before either was answered, the later answer repeats the first.
    this.events = [...known, ...events.slice(known.length - from)];
    this.eventsCut = isCut;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { content, words } = this;
    if (content === null || words === null) return nothing;
    const { details, problem } = content;
    if (details === null) {
      return html`<div class="alone">
        ${problem === null ? html`<p class="note">${words.loading}</p>` : html`<p class="problem" role="alert">${problem}</p>`}
      </div>`;
    }
    return html`
      ${this.#header(details.session, words)}
      ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
      ${details.problems.map((sentence) => html`<p class="problem">${sentence}</p>`)}
      <div class="columns">
        <section class="steps" aria-labelledby="steps-heading">
          <h2 id="steps-heading">${words.checkpoints}</h2>
          <checkpoint-list
            .checkpoints=${details.checkpoints}
            .chosen=${content.step}
            .standing=${stateText(details.session, words)}
            .words=${words}
            .locale=${locale()}
            @step-chosen=${({ detail }: CustomEvent<StepChosen>) => this.send({ type: 'step', step: detail.step })}
          ></checkpoint-list>
          ${
            details.checkpointsCut
              ? html`<button class="link" type="button" @click=${() => this.send({ type: 'earlier' })}>
                  ${words.loadEarlier}
                </button>`
              : nothing
          }
        </section>
        <section class="state" aria-labelledby="state-heading">
          ${this.#stateBar(content, details, words)}
          <session-state
            .details=${details}
            .words=${words}
            .locale=${locale()}
            .events=${this.events}
            ?eventsCut=${this.eventsCut}
            .outputWords=${this.outputWords}
            .tab=${this.tab}
            @tab-chosen=${({ detail }: CustomEvent<TabChosen>) => {
              this.tab = detail.tab;
            }}
            @output-request=${({ detail }: CustomEvent<OutputRequest>) => this.send({ type: 'outputRequest', request: detail })}
            .resumeProblem=${details.session.state === 'running' ? words.isRunning : content.noResume}
            @events-wanted=${() => this.send({ type: 'events', from: this.events?.length ?? 0 })}
            @session-requested=${({ detail }: CustomEvent<StepRequest>) => this.send({ type: 'step', step: detail.step })}
            @resume-requested=${({ detail }: CustomEvent<StepRequest>) => this.send({ type: 'resume', step: detail.step })}
          ></session-state>
        </section>
      </div>
    `;
  }

  #header(session: SessionSummary, words: SessionWords): TemplateResult {
    const { forkedFrom, input, state, reason } = session;
    const title = input.length > TITLE_LENGTH ? `${input.slice(0, TITLE_LENGTH)}…` : input;
    return html`<header>
      <h1>${title.trim() === '' ? session.session : title}</h1>
      <p class="facts">
        <span class="mark" data-state=${reason === 'answered' ? reason : state} role="status">${stateText(session, words)}</span>
        <span>${sessionFacts(session, words, locale()).join(' · ')}</span>
        <code>${session.session}</code>
        ${
          forkedFrom === null
            ? nothing
            : html`<button class="link" type="button" @click=${() => this.send({ type: 'origin' })}>
                ${fill(words.forkedFrom, forkedFrom.step.toLocaleString(locale()), forkedFrom.session)}
              </button>`
        }
      </p>
    </header>`;
  }

  #stateBar(
    { step, noResume }: SessionContent,
    details: SessionDetails,
    words: SessionWords,
  ): TemplateResult {
    const resuming = resumingAfter(step, details);
    const isPossible = noResume === null && (resuming === 'goesOn' || resuming === 'forks');
    const said = isPossible || noResume === null ? words[resuming] : noResume;
    const shownStep = (step ?? 0).toLocaleString(locale());
    const isInPlace = step === null || resuming === 'goesOn';
    return html`<div class="state-bar">
        <h2 id="state-heading">${step === null ? words.latest : fill(words.afterStep, shownStep)}</h2>
        <vscode-button
          icon="debug-continue"
          ?disabled=${!isPossible}
          @click=${() => isPossible && this.send({ type: 'resume', step: isInPlace ? null : step })}
          >${isInPlace ? words.resume : fill(words.resumeFrom, shownStep)}</vscode-button
        >
      </div>
      <p class="note">${said}</p>`;
  }
}

function locale(): string {
  return document.documentElement.lang || 'en';
}

declare global {
  interface HTMLElementTagNameMap {
    'session-page': SessionPage;
  }
}
