import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { OutputWords } from '../../../output/words';
import type { SessionDetails } from '../../../server/protocol.generated';
import type { KeptEvent } from '../../../sessions/messages';
import { SESSION_TABS, type SessionTab, type SessionWords } from '../../../sessions/words';
import { tabStyles } from '../control_styles';
import '../error/long_text';
import './graph_view';
import { memoryTable } from './memory_tables';
import { sessionStyles } from './session_styles';
import './session_trace';

/** What `tab-chosen` tells. */
export interface TabChosen {
  readonly tab: SessionTab | null;
}

/**
 * What a session had in mind after a step: memory, knowledge graph and answer; and what was done in all of it. Fires
 * `events-wanted` when it has to know what has been done since, and `tab-chosen` ({tab}).
 */
@customElement('session-state')
export class SessionStateElement extends LitElement {
  static override styles = [
    sessionStyles,
    tabStyles,
    css`
      .answer {
        margin: 8px 0 12px;
        padding: 8px 12px;
        border-left: 3px solid var(--vscode-focusBorder);
        background: var(--vscode-textBlockQuote-background);
      }
      [role='tablist'] {
        display: flex;
        flex-wrap: wrap;
        margin-bottom: 8px;
        border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
      }
    `,
  ];

  @property({ attribute: false }) accessor details: SessionDetails | null = null;
  @property({ attribute: false }) accessor words: SessionWords | null = null;
  @property() accessor locale = 'en';
  /** Null while nobody has asked for them. */
  @property({ attribute: false }) accessor events: readonly KeptEvent[] | null = null;
  @property({ type: Boolean }) accessor eventsCut = false;
  @property({ attribute: false }) accessor outputWords: OutputWords | null = null;
  @property({ attribute: false }) accessor resumeProblem: string | null = null;
  /** What was chosen to be looked at; null: the first that has contents. */
  @property({ attribute: false }) accessor tab: SessionTab | null = null;

  protected override updated(changed: PropertyValues): void {
    const isNews = changed.has('tab') || changed.has('details');
    if (isNews && this.tab === 'trace') this.dispatchEvent(new CustomEvent('events-wanted'));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { details, words } = this;
    if (details === null || words === null) return nothing;
    const tab = this.tab ?? firstWithContents(details);
    return html`
      ${
        details.answer === null
          ? nothing
          : html`<div class="answer">
              <h3>${words.answer}</h3>
              <long-text .text=${details.answer} .showAll=${words.showAll}></long-text>
            </div>`
      }
      <div role="tablist" aria-label=${words.state} @keydown=${(event: KeyboardEvent) => this.#pressed(event, tab)}>
        ${SESSION_TABS.map((name) => this.#tab(name, tab, details, words))}
      </div>
      <div role="tabpanel" id="panel" aria-labelledby="tab-${tab}">${this.#panel(tab, details, words)}</div>
    `;
  }

  #tab(name: SessionTab, chosen: SessionTab, details: SessionDetails, words: SessionWords): TemplateResult {
    return html`<button
      type="button"
      role="tab"
      id="tab-${name}"
      aria-selected=${String(name === chosen)}
      aria-controls="panel"
      tabindex=${name === chosen ? 0 : -1}
      @click=${() => this.#choose(name)}
    >${words.tabs[name]}${this.#countText(name, details)}</button>`;
  }

  #panel(tab: SessionTab, details: SessionDetails, words: SessionWords): TemplateResult {
    if (tab === 'trace') return this.#trace(details, words);
    const isCut = details.memoryCut && (tab === 'episodic' || tab === 'semantic');
    if (countOf(tab, details) === 0) return html`<p class="note">${words.nothing[tab]}</p>`;
    return html`
      <p class="note">${words.notes[tab]}</p>
      ${isCut ? html`<p class="note">${words.memoryCut}</p>` : nothing}
      ${
        tab === 'graph'
          ? html`<graph-view .graph=${details.graph} .words=${words}></graph-view>`
          : memoryTable(tab, details, words, this.locale)
      }
    `;
  }

  #countText(tab: SessionTab, details: SessionDetails): string {
    return tab === 'trace' ? '' : ` (${countOf(tab, details).toLocaleString(this.locale)})`;
  }

  #trace({ session }: SessionDetails, words: SessionWords): TemplateResult {
    if (this.events === null) return html`<p class="note">${words.nothing.trace}</p>`;
    return html`
      ${this.eventsCut ? html`<p class="note">${words.traceCut}</p>` : nothing}
      <session-trace
        .events=${this.events}
        .words=${this.outputWords}
        .resumeProblem=${this.resumeProblem}
        ?isOver=${session.state !== 'running'}
        @session-requested=${() => this.#choose(null)}
      ><p class="note">${words.notes.trace}</p></session-trace>
    `;
  }

  /** Null: whatever was in mind is to be seen. */
  #choose(tab: SessionTab | null): void {
    this.tab = tab;
    const detail: TabChosen = { tab };
    this.dispatchEvent(new CustomEvent('tab-chosen', { detail, bubbles: true, composed: true }));
  }

  #pressed(event: KeyboardEvent, tab: SessionTab): void {
    const at = SESSION_TABS.indexOf(tab);
    const { length } = SESSION_TABS;
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % length,
      ArrowLeft: (at + length - 1) % length,
      Home: 0,
      End: length - 1,
    };
    const next = SESSION_TABS[moves[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    this.#choose(next);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }
}

/** How much there is of what belongs to a step. */
function countOf(tab: SessionTab, details: SessionDetails): number {
  if (tab === 'trace') return 0;
  return tab === 'graph' ? details.graph.entities.length : details[tab].length;
}

function firstWithContents(details: SessionDetails): SessionTab {
  return SESSION_TABS.find((tab) => countOf(tab, details) > 0) ?? 'working';
}

declare global {
  interface HTMLElementTagNameMap {
    'session-state': SessionStateElement;
  }
}
