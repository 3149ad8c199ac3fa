import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { fill } from '../../../translate';

/** Characters of a text that are shown at first, unless told otherwise. */
const AT_FIRST = 4_000;
/** However much an agent sends: a page draws this without a pause. */
const AT_MOST = 200_000;

/** Text with its line breaks, of which the rest is shown when that is wanted. */
@customElement('long-text')
export class LongText extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }
    .text {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    button {
      font: inherit;
      padding: 0;
      border: 0;
      color: inherit;
      background: none;
      text-decoration: underline;
      cursor: pointer;
    }
    button:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
      outline-offset: 2px;
    }
  `;

  @property({ attribute: false }) accessor text = '';
  @property({ attribute: false }) accessor showAll = '';
  @property({ attribute: false }) accessor atFirst = AT_FIRST;
  @state() accessor #whole = false;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('text')) this.#whole = false;
  }

  protected override render(): TemplateResult {
    const { text } = this;
    if (this.#whole || text.length <= this.atFirst) {
      const cut = text.length > AT_MOST ? '…' : '';
      return html`<div class="text">${text.slice(0, AT_MOST)}${cut}</div>`;
    }
    const more = () => {
      this.#whole = true;
    };
    return html`
      <div class="text">${text.slice(0, this.atFirst)}…</div>
      ${this.showAll === '' ? nothing : html`<button type="button" @click=${more}>${fill(this.showAll, text.length.toLocaleString())}</button>`}
    `;
  }
}
