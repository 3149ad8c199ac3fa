import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RunOptions } from '../../runs/run';
import { LIMITS, type Limit, limitText, parseLimit } from '../../runs/run_options';
import type { OptionWords } from '../messages';
import { formStyles } from './form/form_styles';

/** How a run is sent, folded away until somebody wants it: fires `options-changed` {options}. */
@customElement('run-options')
export class RunOptionsElement extends LitElement {
  static override styles = [
    formStyles,
    css`
      summary {
        width: fit-content;
        cursor: pointer;
        color: var(--vscode-descriptionForeground);
      }

      summary:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: 2px;
      }

      .fields {
        display: flex;
        flex-direction: column;
        gap: 10px;
        margin: 8px 0 4px;
        padding-left: 12px;
      }

      label {
        display: block;
        margin-bottom: 2px;
      }

      .check {
        display: flex;
        align-items: center;
        gap: 6px;
        margin: 0;
      }

      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        margin-bottom: 4px;
      }

      .limits {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(9em, 1fr));
        gap: 8px 12px;
      }

      .note {
        margin: 4px 0 0;
      }

      .wrong {
        margin: 4px 0 0;
        color: var(--vscode-errorForeground);
      }
    `,
  ];

  @property({ attribute: false }) accessor options: RunOptions = {};
  @property({ attribute: false }) accessor words: OptionWords | undefined;
  @state() private accessor wrong: ReadonlySet<Limit> = new Set();

  protected override render(): TemplateResult | typeof nothing {
    const { words, options } = this;
    if (words === undefined) return nothing;
    return html`<details ?open=${isSet(options)}>
      <summary>${words.title}</summary>
      <div class="fields">
        <div>
          <label for="user">${words.userId}</label>
          <input
            id="user"
            aria-describedby="user-hint"
            .value=${options.userId ?? ''}
            @change=${(event: Event) => this.#change('userId', textOf(event).trim())}
          />
          <p class="note" id="user-hint">${words.userIdHint}</p>
        </div>
        <label class="check">
          <input
            type="checkbox"
            .checked=${options.persistentMemory === true}
            @change=${({ target }: Event) => this.#change('persistentMemory', (target as HTMLInputElement).checked)}
          />
          ${words.memory}
        </label>
        <fieldset>
          <legend>${words.limits}</legend>
          <div class="limits">${LIMITS.map((limit) => this.#limit(limit, words))}</div>
          <p class="note" id="limits-hint">${words.limitsHint}</p>
        </fieldset>
      </div>
    </details>`;
  }

  #limit(limit: Limit, words: OptionWords): TemplateResult {
    const wrong = this.wrong.has(limit);
    return html`<div>
      <label for=${limit}>${words.limit[limit]}</label>
      <input
        id=${limit}
        inputmode="decimal"
        aria-describedby=${wrong ? `${limit}-wrong` : 'limits-hint'}
        aria-invalid=${String(wrong)}
        .value=${limitText(this.options.timeouts?.[limit])}
        @change=${(event: Event) => this.#changeLimit(limit, textOf(event))}
      />
      ${wrong ? html`<p class="wrong" id=${`${limit}-wrong`} role="alert">${words.noNumber}</p>` : nothing}
    </div>`;
  }

  #change(name: 'userId' | 'persistentMemory', value: string | boolean): void {
    const { [name]: _before, ...others } = this.options;
    this.#tell(value === '' || value === false ? others : { ...others, [name]: value });
  }

  #changeLimit(limit: Limit, text: string): void {
    const seconds = parseLimit(text);
    const wrong = new Set(this.wrong);
    if (seconds === false) wrong.add(limit);
    else wrong.delete(limit);
    this.wrong = wrong;
    if (seconds === false) return;
    const { timeouts: { [limit]: _before, ...kept } = {}, ...others } = this.options;
    const timeouts = seconds === undefined ? kept : { ...kept, [limit]: seconds };
    this.#tell(Object.keys(timeouts).length === 0 ? others : { ...others, timeouts });
  }

  #tell(options: RunOptions): void {
    this.options = options;
    this.dispatchEvent(
      new CustomEvent('options-changed', { detail: { options }, bubbles: true, composed: true }),
    );
  }
}

/** Whether something is other than usual, so that it must be seen. */
function isSet({ userId, persistentMemory, timeouts }: RunOptions): boolean {
  return userId !== undefined || persistentMemory !== undefined || timeouts !== undefined;
}

function textOf({ target }: Event): string {
  return (target as HTMLInputElement).value;
}

declare global {
  interface HTMLElementTagNameMap {
    'run-options': RunOptionsElement;
  }
}
