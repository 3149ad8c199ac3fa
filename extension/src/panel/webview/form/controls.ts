import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { same } from '../../../form/json_schema';
import type { Field } from './field';
import { described } from './form_context';
import { listControl } from './list_control';
import { objectControl } from './object_control';
import { jsonControl, textControl } from './text_control';

/** What a person fills in at a field. */
export function controlOf(field: Field): TemplateResult | typeof nothing {
  const shape = field.option?.shape;
  if (shape === undefined) return jsonControl(field);
  switch (shape.kind) {
    case 'null':
      return nothing;
    case 'boolean':
      return checkbox(field);
    case 'choice':
      return choice(field, shape.values);
    case 'list':
      return listControl(field, shape);
    case 'object':
      return objectControl(field, shape);
    default:
      return textControl(field, shape);
  }
}

function checkbox(field: Field): TemplateResult {
  const { content } = field.draft;
  const { defaultValue } = field.place;
  const checked = content.kind === 'boolean' ? content.on : defaultValue === true;
  const isOpen = content.kind === 'absent' && typeof defaultValue !== 'boolean';
  return html`<input
    id="control" type="checkbox" .checked=${live(checked)} .indeterminate=${live(isOpen)}
    aria-describedby=${described(field)} aria-invalid=${String(field.isInvalid)}
    @change=${(event: Event) => field.change({ kind: 'boolean', on: (event.target as HTMLInputElement).checked })}
  >`;
}

function choice(field: Field, values: readonly unknown[]): TemplateResult {
  const { place, context, draft } = field;
  const { content } = draft;
  const chosen = content.kind === 'choice' ? values.findIndex((value) => same(value, content.value)) : -1;
  const open = place.required ? context.words.pick : field.absentText;
  const pick = (event: Event) => {
    const index = Number((event.target as HTMLSelectElement).value);
    field.change(index < 0 ? { kind: 'absent' } : { kind: 'choice', value: values[index] });
  };
  return html`<select
    id="control" aria-required=${String(place.required)} aria-describedby=${described(field)}
    aria-invalid=${String(field.isInvalid)} @change=${pick}
  >
    ${
      place.required && chosen !== -1
        ? nothing
        : html`<option value="-1" .selected=${chosen === -1} ?disabled=${place.required}>${open}</option>`
    }
    ${values.map(
      (value, index) =>
        html`<option value=${index} .selected=${index === chosen}>${choiceText(value)}</option>`,
    )}
  </select>`;
}

function choiceText(value: unknown): string {
  if (value === null) return 'None';
  return typeof value === 'string' && value.trim() === value && value !== '' ? value : JSON.stringify(value);
}
