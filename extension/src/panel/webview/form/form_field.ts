import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Content, Draft } from '../../../form/draft';
import { type Alternative, alternatives } from '../../../form/shape';
import { draftInState, stateIdOf, statesOf } from '../../../form/states';
import { controlOf } from './controls';
import { DraftChange, type FieldPlace, type FormContext, fill, type Remark, remarksOf } from './form_context';
import { formStyles } from './form_styles';

/** One place of the inputs: its name, what it takes, its control, and what is wrong with it. */
@customElement('form-field')
export class FormField extends LitElement {
  static override styles = [
    formStyles,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        min-height: 24px;
      }

      .name {
        font-weight: 600;
        overflow-wrap: anywhere;
      }

      .head .state {
        width: auto;
        max-width: 100%;
        min-width: 0;
        margin-left: auto;
        height: 22px;
        min-height: 22px;
        border-color: transparent;
        color: var(--vscode-descriptionForeground);
        background: transparent;
        font-size: 0.92em;
      }

      .head .state option {
        color: var(--vscode-dropdown-foreground);
        background: var(--vscode-dropdown-background);
      }

      .description {
        margin: 0 0 4px;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }

      .remark {
        display: flex;
        gap: 8px;
        margin: 3px 0 0;
        overflow-wrap: anywhere;
      }

      .remark.error {
        color: var(--vscode-errorForeground);
      }

      .remark.warning {
        color: var(--vscode-editorWarning-foreground, var(--vscode-foreground));
      }
    `,
  ];

  @property({ attribute: false }) accessor place!: FieldPlace;
  @property({ attribute: false }) accessor draft!: Draft;
  @property({ attribute: false }) accessor context!: FormContext;
  @state() accessor secretShown = false;

  /** What the draft is shown as. */
  get option(): Alternative | undefined {
    return alternatives(this.place.schema, this.place.definitions)[this.draft.alternative];
  }

  get isInvalid(): boolean {
    return remarksOf(this.context, this.place, this.draft.content).some(({ kind }) => kind === 'error');
  }

  change(content: Content, alternative = this.draft.alternative): void {
    this.dispatchEvent(new DraftChange({ alternative, content }));
  }

  override focus(): void {
    const inner = this.renderRoot.querySelector<HTMLElement>('#control, form-field, button');
    inner?.focus();
  }

  /** Puts the focus into the first place here that keeps the inputs from being sent, if there is one. */
  focusProblem(): boolean {
    const inner = [...this.renderRoot.querySelectorAll('form-field')];
    if (inner.some((field) => field.focusProblem())) return true;
    if (this.isInvalid) this.focus();
    return this.isInvalid;
  }

  protected override render(): TemplateResult {
    const { place, draft, context } = this;
    const remarks = remarksOf(context, place, draft.content);
    const control = controlOf(this);
    const isCheck = this.option?.shape.kind === 'boolean';
    return html`
      <div class="head" ?hidden=${place.isRow === true && !this.#hasStates()}>
        ${isCheck ? control : nothing}
        <label class="name" id="name" for="control">${place.label}</label>
        ${place.annotation ? html`<code>${place.annotation}</code>` : nothing}
        ${this.#states()}
      </div>
      ${place.description ? html`<p class="description" id="about">${place.description}</p>` : nothing}
      ${isCheck ? nothing : control}
      <div id="remarks">${remarks.map((remark) => this.#remark(remark))}</div>
    `;
  }

  #hasStates(): boolean {
    return statesOf(this.place, this.draft).length > 1;
  }

  #states(): TemplateResult | typeof nothing {
    const { words } = this.context;
    const states = statesOf(this.place, this.draft);
    if (states.length < 2) return nothing;
    const current = stateIdOf(this.place, this.draft);
    const absent =
      this.place.defaultText == null ? words.leftOut : fill(words.defaultIs, [this.place.defaultText]);
    return html`<select
      class="state"
      aria-label=${fill(words.kindOf, [this.place.label])}
      @change=${(event: Event) => this.#pick((event.target as HTMLSelectElement).value)}
    >
      ${states.map(
        ({
          id,
          label,
          title,
        }) => html`<option value=${id} ?selected=${id === current} .selected=${id === current}>
          ${label === 'absent' ? absent : (title ?? words.kinds[label])}
        </option>`,
      )}
    </select>`;
  }

  #pick(id: string): void {
    this.dispatchEvent(new DraftChange(draftInState(this.place, this.draft, id)));
  }

  #remark({ text, kind }: Remark): TemplateResult {
    return html`<p class="remark ${kind}">${text}</p>`;
  }

  protected override updated(_changed: PropertyValues): void {
    for (const area of this.renderRoot.querySelectorAll('textarea')) grow(area);
  }
}

/** As high as its text; the style sets the limit. */
export function grow(area: HTMLTextAreaElement): void {
  area.style.setProperty('height', 'auto');
  area.style.setProperty('height', `${area.scrollHeight + 2}px`);
}

declare global {
  interface HTMLElementTagNameMap {
    'form-field': FormField;
  }
}
