import { fill } from '../../translate';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CaseWords, OfferedCase, PageCommand } from '../messages';
import { formStyles } from './form/form_styles';

/** The saved cases of the entrypoint: fires `case-chosen` {uri} and `case-command` {command}. */
@customElement('case-row')
export class CaseRow extends LitElement {
  static override styles = [
    formStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 2px;
        min-width: 0;
      }

      select {
        flex: 0 1 auto;
        width: auto;
        min-width: 5em;
        max-width: 16em;
        margin-right: 4px;
        text-overflow: ellipsis;
      }
    `,
  ];

  @property({ attribute: false }) accessor cases: readonly OfferedCase[] = [];
  @property({ attribute: false }) accessor chosen: string | null = null;
  /** Whether the inputs are other than those of the chosen case. */
  @property({ type: Boolean }) accessor changed = false;
  @property({ attribute: false }) accessor words: CaseWords | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const { words, chosen } = this;
    if (words === undefined) return nothing;
    // Saving stays where it is, at the end: once it is pressed no button to delete comes under the pointer.
    return html`
      ${this.cases.length === 0 ? nothing : this.#select(words)}
      ${chosen !== null && this.changed ? this.#button('save', words.save, 'saveCase') : nothing}
      ${
        chosen === null
          ? nothing
          : html`${this.#button('go-to-file', words.open, 'openCase')}
              ${this.#button('trash', words.remove, 'deleteCase')}`
      }
      ${this.#button('save-as', words.saveAs, 'saveCaseAs')}
    `;
  }

  #select(words: CaseWords): TemplateResult {
    return html`<select aria-label=${words.label} title=${words.label} @change=${this.#chose}>
      <option value="" ?selected=${this.chosen === null}>${words.none}</option>
      ${this.cases.map(
        ({ uri, name, problem }) => html`<option
          value=${uri}
          ?selected=${uri === this.chosen}
          ?disabled=${problem !== null}
          title=${problem ?? ''}
          >${uri === this.chosen && this.changed ? fill(words.changed, name) : name}</option
        >`,
      )}
    </select>`;
  }

  #button(icon: string, label: string, command: PageCommand): TemplateResult {
    return html`<vscode-toolbar-button
      icon=${icon}
      label=${label}
      title=${label}
      @click=${() => this.#tell('case-command', { command })}
    ></vscode-toolbar-button>`;
  }

  #chose = ({ target }: Event): void => {
    const { value } = target as HTMLSelectElement;
    this.#tell('case-chosen', { uri: value === '' ? null : value });
  };

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'case-row': CaseRow;
  }
}
