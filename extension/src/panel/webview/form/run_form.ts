import { fill } from '../../../translate';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import './form_field';
import './json_editor';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  type Form,
  hasForm,
  openForm,
  readForm,
  STRANGERS,
  STRANGERS_PATH,
  startForm,
  withDraft,
  withStrangers,
} from '../../../form/form';
import { inputsFromText, sameInputs, type TextProblem, textFromInputs } from '../../../form/inputs_text';
import { withUnsent } from '../../../form/kept_drafts';
import { isWithin, type Path } from '../../../form/problem';
import { typedInputs } from '../../../form/typed_inputs';
import type { FormWords } from '../../../form/words';
import { type Inputs, NO_INPUTS } from '../../../runs/inputs';
import type { EntrypointInfo, InputProblem } from '../../../server/protocol.generated';
import type { DraftChange, FieldPlace, FormContext, ServedProblem } from './form_context';
import { formStyles, runFormStyles } from './form_styles';
import type { JsonEditor } from './json_editor';
import { placeOf } from './parameter_place';

/** What stands in the form, as it would be sent, and how much of it keeps it from being sent. */
export interface CurrentInputs {
  readonly inputs: Inputs;
  readonly problems: number;
}

/**
 * The inputs of one entrypoint, as a form and as JSON.
 *
 * Fires `inputs-changed` {inputs, problems} after each change a person makes, and `run-requested` {inputs} when they
 * want to run and nothing is in the way. A new `inputs` replaces what stands in the form; a new `info` keeps it.
 *
 * @slot actions - What stands below the fields, such as the button that runs.
 */
@customElement('run-form')
export class RunForm extends LitElement {
  static override styles = [formStyles, runFormStyles];

  @property({ attribute: false }) accessor info: EntrypointInfo | undefined;
  @property({ attribute: false }) accessor inputs: Inputs = NO_INPUTS;
  @property({ attribute: false }) accessor words: FormWords | undefined;
  @property({ attribute: false }) accessor busy = false;

  /** What was chosen; without a form there is only JSON. */
  @state() private accessor chosenMode: 'form' | 'json' = 'form';
  @state() private accessor form: Form | undefined;
  @state() private accessor text = '';
  @state() private accessor textProblem: TextProblem | undefined;
  @state() private accessor attempted = false;
  @state() private accessor served: readonly ServedProblem[] = [];
  /** The signature that the form was made for. */
  #takenInfo: string | undefined;
  /** What the JSON text gave when it last gave inputs. */
  #fromText: Inputs = NO_INPUTS;

  get #mode(): 'form' | 'json' {
    return this.form === undefined ? 'json' : this.chosenMode;
  }

  /** What would be sent now. */
  get current(): CurrentInputs {
    if (this.#mode === 'json' || this.form === undefined) {
      return { inputs: this.#fromText, problems: this.textProblem === undefined ? 0 : 1 };
    }
    const { inputs, problems } = readForm(this.form);
    return { inputs, problems: problems.filter(({ blocks }) => blocks).length };
  }

  /** Puts the focus where a person begins to fill in. */
  async focusFirst(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('form-field, json-editor')?.focus();
  }

  /** Shows what the server has found before the call, each at its field until that is changed. */
  show(problems: readonly InputProblem[]): void {
    const strangers = this.form?.strangers.content;
    const isStranger = (name: unknown) =>
      strangers?.kind === 'object' && strangers.members.some((member) => member.name === name);
    this.served = problems.map(({ path, message }) => ({
      path: isStranger(path[0]) ? [...STRANGERS_PATH, ...path] : path,
      message,
    }));
  }

  /** As if the person had asked for it: fires `run-requested`, or shows what is in the way. */
  async requestRun(): Promise<void> {
    const { inputs, problems } = this.current;
    if (this.busy) return;
    this.attempted = true;
    if (problems === 0) {
      this.served = [];
      this.#fire('run-requested', { inputs });
      return;
    }
    await this.updateComplete;
    this.#focusFirstProblem();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('info') && !changed.has('inputs')) return;
    if (this.info === undefined) return;
    const info = JSON.stringify(this.info);
    const before = this.#takenInfo;
    this.#takenInfo = info;
    // The inputs of before may come again, to undo what was typed since.
    const isOther = changed.has('inputs') && !sameInputs(this.current.inputs, this.inputs);
    if (before === undefined || isOther) this.#open(this.info, this.inputs);
    else if (before !== info) this.#renew(this.info);
  }

  /** The signature is another one: what stands there stays, also what cannot be sent as it stands. */
  #renew(info: EntrypointInfo): void {
    const { form: before, text, textProblem } = this;
    this.#open(info, this.current.inputs);
    if (before !== undefined && this.form !== undefined) this.form = withUnsent(this.form, before);
    const isRead = this.chosenMode === 'json' || 'problem' in inputsFromText(info, text);
    if (textProblem !== undefined && isRead) this.#readText(info, text);
  }

  #open(info: EntrypointInfo, inputs: Inputs): void {
    this.form = startForm(info, inputs);
    this.attempted = false;
    this.served = [];
    this.#writeText(info, this.form === undefined ? inputs : readForm(this.form).inputs);
  }

  #writeText(info: EntrypointInfo, inputs: Inputs): void {
    this.#fromText = inputs;
    this.text = textFromInputs(info, inputs);
    this.textProblem = undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words, info } = this;
    if (words === undefined || info === undefined) return nothing;
    const hasTabs = info.parameters.length > 0 || this.form === undefined;
    return html`
      <div @keydown=${this.#pressed}>
        ${hasTabs ? this.#bar(words) : nothing}
        <div id="panel" role=${hasTabs ? 'tabpanel' : nothing} aria-labelledby=${hasTabs ? `tab-${this.#mode}` : nothing}>
          ${this.#mode === 'form' && this.form !== undefined ? this.#fields(words, this.form) : this.#json(words, info)}
        </div>
        <slot name="actions"></slot>
      </div>
    `;
  }

  #bar(words: FormWords): TemplateResult {
    const tab = (mode: 'form' | 'json', label: string) => html`<button
      type="button" role="tab" id=${`tab-${mode}`} aria-controls="panel" aria-selected=${String(this.#mode === mode)}
      tabindex=${this.#mode === mode ? 0 : -1} ?disabled=${mode === 'form' && this.form === undefined}
      @click=${() => this.#switch(mode)}
    >${label}</button>`;
    return html`<div class="bar" role="tablist" aria-label=${words.inputs} @keydown=${this.#moveTab}>
      ${tab('form', words.form)}${tab('json', words.json)}
    </div>`;
  }

  #fields(words: FormWords, form: Form): TemplateResult {
    const { problems } = readForm(form);
    const context: FormContext = { words, attempted: this.attempted, problems, served: this.served };
    const hasField = (name: unknown) =>
      name === STRANGERS_PATH[0] || form.fields.some((one) => one.name === name);
    const general = this.served.filter(({ path }) => !hasField(path[0]));
    return html`
      ${this.textProblem === undefined ? nothing : html`<p class="note" role="status">${words.formKept}</p>`}
      ${general.map(({ message }) => generalRemark(message))}
      ${form.fields.length === 0 ? html`<p class="note">${words.noInputs}</p>` : nothing}
      <div class="fields">
        ${form.fields.map(
          (field) => html`<form-field
            .place=${placeOf(field)} .draft=${form.drafts.get(field.name)} .context=${context}
            @draft-change=${({ detail, path }: DraftChange) => this.#take(withDraft(form, field.name, detail), path)}
          ></form-field>`,
        )}
        ${form.strangers.content.kind === 'absent' ? nothing : this.#strangers(words, form, context)}
      </div>
    `;
  }

  #strangers(words: FormWords, form: Form, context: FormContext): TemplateResult {
    const place: FieldPlace = {
      ...STRANGERS,
      label: words.strangers,
      description: words.strangersNote,
      path: STRANGERS_PATH,
      isVariadic: true,
    };
    return html`<form-field
      .place=${place} .draft=${form.strangers} .context=${context}
      @draft-change=${({ detail, path }: DraftChange) => this.#take(withStrangers(form, detail), path)}
    ></form-field>`;
  }

  #json(words: FormWords, info: EntrypointInfo): TemplateResult {
    const noForm = hasForm(info) ? words.cannotShow : words.noForm;
    const { textProblem: found } = this;
    const problem = found === undefined ? '' : fill(words.textProblems[found.code], found.value);
    return html`
      ${this.form === undefined ? html`<p class="note">${noForm}</p>` : nothing}
      ${this.served.map(({ message }) => generalRemark(message))}
      <json-editor
        .label=${words.json} .text=${this.text} .problem=${problem}
        @text-change=${(event: CustomEvent<string>) => this.#typed(event.detail)}
      ></json-editor>
    `;
  }

  /** The form after a change at `path`, where nothing that the server has found need hold any longer. */
  #take(form: Form, path: Path): void {
    this.form = form;
    this.textProblem = undefined;
    this.served = this.served.filter(({ path: at }) => !isWithin(at, path) && !isWithin(path, at));
    this.#tell();
  }

  #typed(text: string): void {
    if (this.info === undefined) return;
    // Whoever writes JSON goes on with it, also when what it says fits a form by now.
    this.chosenMode = 'json';
    this.#readText(this.info, text);
    this.#tell();
  }

  #readText(info: EntrypointInfo, text: string): void {
    this.text = text;
    const read = inputsFromText(info, text);
    this.textProblem = 'problem' in read ? read.problem : undefined;
    if ('problem' in read) return;
    this.#fromText = read.inputs;
    this.form = openForm(info, read.inputs);
    this.served = [];
  }

  #tell(): void {
    this.#fire('inputs-changed', this.current);
  }

  #fire(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #switch(mode: 'form' | 'json'): void {
    if (mode === this.#mode || this.info === undefined) return;
    if (mode === 'json' && this.textProblem === undefined && this.form !== undefined) {
      const inputs = typedInputs(this.form);
      // A text that says the same keeps the look that a person gave it.
      if (!sameInputs(inputs, this.#fromText)) this.#writeText(this.info, inputs);
    }
    this.chosenMode = mode;
    this.#tell();
  }

  #moveTab = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const other = this.#mode === 'form' ? 'json' : 'form';
    const tab = this.renderRoot.querySelector<HTMLButtonElement>(`#tab-${other}`);
    if (tab === null || tab.disabled) return;
    this.#switch(other);
    tab.focus();
  };

  #pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void this.requestRun();
  };

  #focusFirstProblem(): void {
    if (this.#mode === 'json') {
      this.renderRoot.querySelector<JsonEditor>('json-editor')?.focus();
      return;
    }
    const fields = [...this.renderRoot.querySelectorAll('form-field')];
    fields.some((field) => field.focusProblem());
  }
}

/** What belongs to no field. */
function generalRemark(message: string): TemplateResult {
  return html`<p class="remark error" role="alert"><vscode-icon name="error"></vscode-icon><span>${message}</span></p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'run-form': RunForm;
  }
}
