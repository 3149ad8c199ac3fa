import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Inputs } from '../../runs/inputs';
import type { EntrypointInfo } from '../../server/protocol.generated';

/** Inputs as JSON. */
@customElement('run-form')
export class RunForm extends LitElement {
  @property({ attribute: false }) accessor info: EntrypointInfo | null = null;
  @property({ attribute: false }) accessor inputs: Inputs = { args: [], kwargs: {} };

  protected override createRenderRoot() {
    return this;
  }

  focusFirst(): void {
    this.querySelector('textarea')?.focus();
  }

  protected override render() {
    return html`<textarea
      aria-label="JSON"
      .value=${JSON.stringify(this.inputs.kwargs, undefined, 2)}
      @input=${(event: Event) => this.#typed((event.target as HTMLTextAreaElement).value)}
    ></textarea>`;
  }

  #typed(text: string): void {
    try {
      const inputs: Inputs = { args: [], kwargs: JSON.parse(text) };
      const detail = { inputs, problems: 0 };
      this.dispatchEvent(new CustomEvent('inputs-changed', { detail, bubbles: true, composed: true }));
    } catch {
      // No JSON yet.
    }
  }
}
