import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';

import { formStyles } from './form_styles';
import { growWithText } from './growing';

/** A JSON text that a person edits. Fires `text-change` with the text. */
@customElement('json-editor')
export class JsonEditor extends LitElement {
  static override styles = [
    formStyles,
    css`
      textarea {
        max-height: 60vh;
        min-height: 6em;
      }
    `,
  ];

  @property({ attribute: false }) accessor label = '';
  @property({ attribute: false }) accessor text = '';
  /** What is wrong with the text; empty when nothing is. */
  @property({ attribute: false }) accessor problem = '';

  override focus(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <textarea
        class="code" rows="4" spellcheck="false" autocomplete="off" aria-label=${this.label} .value=${live(this.text)}
        aria-describedby="problem" aria-invalid=${String(this.problem !== '')} @input=${this.#typed}
      ></textarea>
      <div id="problem" role="status">
        ${this.problem === '' ? nothing : html`<p class="problem remark error"><vscode-icon name="error"></vscode-icon><span>${this.problem}</span></p>`}
      </div>
    `;
  }

  #typed = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    this.dispatchEvent(new CustomEvent('text-change', { detail: value }));
  };

  protected override updated(): void {
    const area = this.renderRoot.querySelector('textarea');
    if (area !== null) growWithText(area);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'json-editor': JsonEditor;
  }
}
