import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { SessionCheckpoint, SessionTool } from '../../../server/protocol.generated';
import { checkpointFacts, toolText } from '../../../sessions/session_text';
import type { SessionWords } from '../../../sessions/words';
import { fill } from '../../../translate';
import { sessionStyles } from './session_styles';

/** Steps that are drawn at first and with each press of the button. */
const AT_ONCE = 200;
/** Tools of one step that are named. */
const MOST_TOOLS = 6;

/** What `step-chosen` tells. */
export interface StepChosen {
  readonly step: number | null;
}

/** The complete steps of a session, the latest first: fires `step-chosen` ({step}). */
@customElement('checkpoint-list')
export class CheckpointList extends LitElement {
  static override styles = [
    sessionStyles,
    css`
      [role='listbox'] {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      [role='option'] {
        padding: 6px 10px;
        border-left: 3px solid transparent;
        cursor: pointer;
        content-visibility: auto;
        contain-intrinsic-block-size: auto 44px;
      }
      [role='option']:hover {
        background: var(--vscode-list-hoverBackground);
      }
      [role='option'][aria-selected='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        background: var(--vscode-list-inactiveSelectionBackground);
        border-left-color: var(--vscode-focusBorder);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      [role='listbox']:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
      }
      .first {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 10px;
      }
      .step {
        font-weight: 600;
      }
      .thought {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        line-clamp: 2;
        overflow-wrap: anywhere;
      }
      .facts {
        font-variant-numeric: tabular-nums;
        opacity: 0.85;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        overflow-wrap: anywhere;
      }
      .tool::before {
        content: '\\eb6d';
        margin-right: 4px;
        font: normal 14px / 1 codicon;
        vertical-align: -2px;
      }
      .wrong::before {
        content: '\\ea6c';
      }
      button {
        margin-top: 6px;
      }
    `,
  ];

  @property({ attribute: false }) accessor checkpoints: readonly SessionCheckpoint[] = [];
  /** The step that is looked at; null: the session as it is. */
  @property({ attribute: false }) accessor chosen: number | null = null;
  /** How the session stands. */
  @property() accessor standing = '';
  @property({ attribute: false }) accessor words: SessionWords | null = null;
  @property() accessor locale = 'en';
  @state() private accessor shown = AT_ONCE;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('chosen')) return;
    const show = () =>
      this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    show();
    // Once it is seen it may be higher than was estimated.
    requestAnimationFrame(() => requestAnimationFrame(show));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words, checkpoints, chosen } = this;
    if (words === null) return nothing;
    const latestFirst = checkpoints.toReversed();
    const count = Math.max(this.shown, latestFirst.findIndex(({ step }) => step === chosen) + 1);
    return html`
      <ul
        role="listbox"
        tabindex="0"
        aria-label=${words.checkpoints}
        aria-activedescendant=${idOf(chosen)}
        @keydown=${(event: KeyboardEvent) => this.#pressed(event, latestFirst)}
      >
        ${this.#option(null, html`<span class="step">${words.latest}</span><span class="facts">${this.standing}</span>`)}
        ${latestFirst.slice(0, count).map((checkpoint) =>
          // Of thousands only those are written anew that are other than before.
          guard([checkpoint, checkpoint.step === chosen, words, this.locale], () =>
            this.#checkpoint(checkpoint, words),
          ),
        )}
      </ul>
      ${checkpoints.length === 0 ? html`<p class="note">${words.noCheckpoints}</p>` : nothing}
      ${
        count < latestFirst.length
          ? html`<button type="button" @click=${() => this.#more(count)}>${words.showEarlier}</button>`
          : nothing
      }
    `;
  }

  #checkpoint(checkpoint: SessionCheckpoint, words: SessionWords): TemplateResult {
    const { step, thought, tools } = checkpoint;
    const first = html`<span class="step">${fill(words.step, step.toLocaleString(this.locale))}</span>
      <span class="facts">${checkpointFacts(checkpoint, words, this.locale)}</span>`;
    return this.#option(
      step,
      first,
      thought.trim() === '' ? nothing : html`<div class="thought">${thought}</div>`,
      tools.length === 0 ? nothing : html`<div class="tools">${toolNames(tools, words)}</div>`,
    );
  }

  #option(step: number | null, first: TemplateResult, ...rest: unknown[]): TemplateResult {
    return html`<li
      role="option"
      id=${idOf(step)}
      aria-selected=${String(step === this.chosen)}
      @click=${() => this.#choose(step)}
    >
      <div class="first">${first}</div>
      ${rest}
    </li>`;
  }

  #pressed(event: KeyboardEvent, latestFirst: readonly SessionCheckpoint[]): void {
    const steps = [null, ...latestFirst.map(({ step }) => step)];
    const at = steps.indexOf(this.chosen);
    const last = steps.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(last, at + 1),
      ArrowUp: Math.max(0, at - 1),
      Home: 0,
      End: last,
    };
    const next = steps[moves[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    this.#choose(next);
  }

  #choose(step: number | null): void {
    if (step === this.chosen) return;
    this.chosen = step;
    const detail: StepChosen = { step };
    this.dispatchEvent(new CustomEvent('step-chosen', { detail, bubbles: true, composed: true }));
  }

  #more(shown: number): void {
    this.shown = shown + AT_ONCE;
  }
}

function idOf(step: number | null): string {
  return `step-${step ?? 'latest'}`;
}

function toolNames(tools: readonly SessionTool[], words: SessionWords): TemplateResult[] {
  const names = tools
    .slice(0, MOST_TOOLS)
    .map((tool) => html`<span class=${tool.ok ? 'tool' : 'tool wrong'}>${toolText(tool, words)}</span>`);
  return tools.length > MOST_TOOLS ? [...names, html`<span>+${tools.length - MOST_TOOLS}</span>`] : names;
}

declare global {
  interface HTMLElementTagNameMap {
    'checkpoint-list': CheckpointList;
  }
}
