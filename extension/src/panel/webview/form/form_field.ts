import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Content, Draft } from '../../../form/draft';
import { shortened } from '../../../form/reading';
import { type Alternative, alternatives } from '../../../form/shape';
import { draftInState, isTall, type State, stateIdOf, statesOf, stateText } from '../../../form/states';
import { fill } from '../../../translate';

import { controlOf } from './controls';
import type { Field } from './field';
import {
  DraftChange,
  type FieldPlace,
  type FormContext,
  isOtherContext,
  isOtherPlace,
  type Remark,
  remarksOf,
} from './form_context';
import { formStyles } from './form_styles';
import { growWithText } from './growing';
import { partStyles } from './list_control';
import { textStyles } from './text_control';

/** One place of the inputs: its name, what it takes, its control, and what is wrong with it. */
@customElement('form-field')
export class FormField extends LitElement implements Field {
  static override styles = [
    formStyles,
    partStyles,
    textStyles,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        min-height: 24px;
      }

      .head:not(.bare) {
        padding-right: var(--head-end, 0);
      }

      .head.bare {
        position: absolute;
        width: 1px;
        height: 1px;
        min-height: 0;
        overflow: hidden;
        clip-path: inset(50%);
        white-space: nowrap;
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
        text-align-last: right;
      }

      .head .state option {
        color: var(--vscode-dropdown-foreground);
        text-align: left;
        background: var(--vscode-dropdown-background);
      }

      .description {
        margin: 0 0 4px;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false, hasChanged: isOtherPlace }) accessor place!: FieldPlace;
  @property({ attribute: false }) accessor draft!: Draft;
  @property({ attribute: false, hasChanged: isOtherContext }) accessor context!: FormContext;
  @state() accessor secretShown = false;
  @state() private accessor said = '';

  get option(): Alternative | undefined {
    return alternatives(this.place.schema, this.place.definitions)[this.draft.alternative];
  }

  /** Whether it is a list or an object, and so more than a line. */
  get isTall(): boolean {
    return isTall(this.place, this.draft);
  }

  get remarks(): Remark[] {
    return remarksOf(this.context, this.place, this.draft.content, this.option?.shape);
  }

  get isInvalid(): boolean {
    return this.remarks.some(({ kind }) => kind === 'error');
  }

  change(content: Content, path = this.place.path): void {
    this.dispatchEvent(new DraftChange({ ...this.draft, content }, path));
  }

  get absentText(): string {
    const { words } = this.context;
    const { defaultText } = this.place;
    return defaultText == null ? words.leftOut : fill(words.defaultIs, shortened(defaultText, 60));
  }

  override focus(): void {
    const first = this.renderRoot.querySelector<HTMLElement>('#control, .key, form-field, button');
    first?.focus();
  }

  async focusPart(choose: <Part>(parts: readonly Part[]) => Part | undefined): Promise<void> {
    await this.#drawn();
    const part = choose([...this.renderRoot.querySelectorAll('form-field')]);
    if (part === undefined) return this.focusAdd();
    await part.updateComplete;
    part.focus();
  }

  async focusLastKey(): Promise<void> {
    await this.#drawn();
    [...this.renderRoot.querySelectorAll<HTMLElement>('.key')].at(-1)?.focus();
  }

  focusAdd(): void {
    this.renderRoot.querySelector<HTMLElement>('.add')?.focus();
  }

  async keepFocus(): Promise<void> {
    let active = this.shadowRoot?.activeElement ?? null;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    await this.#drawn();
    if (active instanceof HTMLElement) active.focus();
  }

  say(text: string): void {
    this.said = text;
  }

  /** After a change has gone up to the form and come back as a new draft. */
  async #drawn(): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await this.updateComplete;
  }

  /** Puts the focus into the first place here that keeps the inputs from being sent, if there is one. */
  focusProblem(): boolean {
    const inner = [...this.renderRoot.querySelectorAll('form-field')];
    if (inner.some((field) => field.focusProblem())) return true;
    if (this.isInvalid) this.focus();
    return this.isInvalid;
  }

  protected override render(): TemplateResult {
    const { place, draft, remarks } = this;
    const control = controlOf(this);
    const isCheck = this.option?.shape.kind === 'boolean';
    const states = place.isVariadic === true ? [] : statesOf(place, draft);
    return html`
      <div class=${this.#isBare(states) ? 'bare head' : 'head'}>
        ${isCheck ? control : nothing}
        <label class="name" id="name" for="control">${place.label}</label>
        ${place.annotation ? html`<code>${place.annotation}</code>` : nothing}
        ${this.#states(states)}
      </div>
      ${place.description ? html`<p class="description" id="about">${place.description}</p>` : nothing}
      ${isCheck ? nothing : control}
      <div id="remarks">${remarks.map((remark) => this.#remark(remark))}</div>
      <div class="hidden-label" role="status">${this.said}</div>
    `;
  }

  /** In a row the control stands alone, if there is nothing to pick and the label is not needed to tell parts apart. */
  #isBare(states: readonly State[]): boolean {
    const { row } = this.place;
    return states.length < 2 && (row === 'member' || (row === 'item' && !this.isTall));
  }

  #states(states: readonly State[]): TemplateResult | typeof nothing {
    const { words } = this.context;
    if (states.length < 2) return nothing;
    const current = stateIdOf(this.place, this.draft);
    return html`<select
      class="state" aria-label=${fill(words.kindOf, this.place.label)}
      @change=${(event: Event) => this.#pick((event.target as HTMLSelectElement).value)}
    >
      ${states.map(
        (state) => html`<option value=${state.id} .selected=${state.id === current}>
          ${stateText(state, this.absentText, words)}
        </option>`,
      )}
    </select>`;
  }

  #pick(id: string): void {
    const { path, defaultValue } = this.place;
    this.dispatchEvent(new DraftChange(draftInState(this.place, this.draft, id, defaultValue), path));
  }

  #remark({ text, kind, code }: Remark): TemplateResult {
    const mayBeEmpty = code === 'required' && this.option?.shape.kind === 'text';
    return html`<p class="remark ${kind}"><vscode-icon name=${kind}></vscode-icon><span>${text} ${
      mayBeEmpty
        ? html`<button type="button" @click=${() => this.change({ kind: 'text', text: '' })}>
          ${this.context.words.sendEmptyText}
        </button>`
        : nothing
    }</span></p>`;
  }

  protected override updated(_changed: PropertyValues): void {
    for (const area of this.renderRoot.querySelectorAll('textarea')) growWithText(area);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'form-field': FormField;
  }
}
