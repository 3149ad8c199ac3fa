import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Content } from '../../../form/draft';
import type { Shape } from '../../../form/shape';
import { same } from '../../../runs/schema_check';
import type { FormField } from './form_field';

/** What a person fills in at a field. */
export function controlOf(field: FormField): TemplateResult | typeof nothing {
  const shape = field.option?.shape;
  if (shape === undefined) return jsonControl(field);
  switch (shape.kind) {
    case 'null':
      return nothing;
    case 'boolean':
      return checkbox(field);
    case 'choice':
      return choice(field, shape.values);
    case 'text':
    case 'any':
    case 'number':
      return textControl(field, shape);
    default:
      return nothing;
  }
}

function described({ place }: FormField): string {
  return place.description ? 'about remarks' : 'remarks';
}

function typed(field: FormField, kind: 'text' | 'number' | 'any' | 'json') {
  return (event: Event) => {
    const { value } = event.target as HTMLTextAreaElement;
    const content: Content = value === '' && kind !== 'json' ? { kind: 'absent' } : { kind, text: value };
    field.change(content);
  };
}

function textOf({ content }: FormField['draft']): string {
  return 'text' in content ? content.text : '';
}

function textControl(field: FormField, shape: Shape & { kind: 'text' | 'any' | 'number' }): TemplateResult {
  const { place } = field;
  const invalid = String(field.isInvalid);
  const value = live(textOf(field.draft));
  const placeholder = placeholderOf(field);
  if (shape.kind === 'number') {
    return html`<input
      id="control" type="text" inputmode=${shape.whole ? 'numeric' : 'decimal'} autocomplete="off"
      .value=${value} placeholder=${placeholder} aria-required=${String(place.required)}
      aria-describedby=${described(field)} aria-invalid=${invalid} @input=${typed(field, 'number')}
    >`;
  }
  return html`<textarea
    id="control" rows="1" spellcheck="false" autocomplete="off"
    .value=${value} placeholder=${placeholder} aria-required=${String(place.required)}
    aria-describedby=${described(field)} aria-invalid=${invalid} @input=${typed(field, shape.kind)}
  ></textarea>`;
}

function jsonControl(field: FormField): TemplateResult {
  return html`<textarea
      id="control" class="code" rows="2" spellcheck="false" autocomplete="off" .value=${live(textOf(field.draft))}
      aria-describedby=${described(field)} aria-invalid=${String(field.isInvalid)} @input=${typed(field, 'json')}
    ></textarea>
    <p class="note">${field.context.words.shownAsJson}</p>`;
}

/** What is used when nothing is typed. */
function placeholderOf({ place, context }: FormField): string {
  if (place.required) return '';
  if (typeof place.defaultValue === 'string') return place.defaultValue;
  return place.defaultText ?? context.words.leftOut;
}

function checkbox(field: FormField): TemplateResult {
  const { content } = field.draft;
  const { defaultValue } = field.place;
  const isOpen = content.kind === 'absent';
  const checked = content.kind === 'boolean' ? content.on : defaultValue === true;
  return html`<input
    id="control" type="checkbox" .checked=${live(checked)}
    .indeterminate=${live(isOpen && typeof defaultValue !== 'boolean')}
    aria-describedby=${described(field)} aria-invalid=${String(field.isInvalid)}
    @change=${(event: Event) => field.change({ kind: 'boolean', on: (event.target as HTMLInputElement).checked })}
  >`;
}

function choice(field: FormField, values: readonly unknown[]): TemplateResult {
  const { place, context, draft } = field;
  const { content } = draft;
  const chosen = content.kind === 'choice' ? values.findIndex((value) => same(value, content.value)) : -1;
  const open = place.required ? context.words.pick : (place.defaultText ?? context.words.leftOut);
  const pick = (event: Event) => {
    const index = Number((event.target as HTMLSelectElement).value);
    field.change(index < 0 ? { kind: 'absent' } : { kind: 'choice', value: values[index] });
  };
  return html`<select
    id="control" aria-required=${String(place.required)} aria-describedby=${described(field)}
    aria-invalid=${String(field.isInvalid)} @change=${pick}
  >
    <option value="-1" .selected=${chosen === -1} ?disabled=${place.required}>${open}</option>
    ${values.map(
      (value, index) => html`<option value=${index} .selected=${index === chosen}>
        ${typeof value === 'string' ? value : JSON.stringify(value)}
      </option>`,
    )}
  </select>`;
}
