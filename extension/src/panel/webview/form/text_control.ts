import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { css, html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { kindOfText, shortened } from '../../../form/reading';
import type { Shape } from '../../../form/shape';
import type { Field } from './field';
import { described } from './form_context';

type TextShape = Shape & { readonly kind: 'text' | 'any' | 'number' };

/** What is typed: text that grows, a number, a secret, a day with a calendar beside it. */
export function textControl(field: Field, shape: TextShape): TemplateResult {
  const note = noteOf(field, shape);
  const noted = note === '' ? nothing : html`<p class="note" id="note">${note}</p>`;
  if (shape.kind === 'number') return html`${line(field, 'text', shape)}${noted}`;
  if (field.place.isSecret === true || (shape.kind === 'text' && shape.format === 'password')) {
    return html`${secret(field, shape)}${noted}`;
  }
  const picker = shape.kind === 'text' ? PICKERS.get(shape.format ?? '') : undefined;
  if (picker !== undefined) return html`${withPicker(field, shape, picker)}${noted}`;
  return html`${area(field, shape)}${noted}`;
}

/** A value that no field of the form can show. */
export function jsonControl(field: Field): TemplateResult {
  const typed = (event: Event) =>
    field.change({ kind: 'json', text: (event.target as HTMLTextAreaElement).value });
  return html`<textarea
      id="control" class="code" rows="2" spellcheck="false" autocomplete="off" .value=${live(textOf(field))}
      aria-describedby=${described(field)} aria-invalid=${String(field.isInvalid)} @input=${typed}
    ></textarea>
    <p class="note" id="note">${field.context.words.shownAsJson}</p>`;
}

function area(field: Field, shape: TextShape): TemplateResult {
  return html`<textarea
    id="control" rows="1" spellcheck="false" autocomplete="off" .value=${live(textOf(field))}
    placeholder=${placeholderOf(field, shape)} aria-required=${String(field.place.required)}
    aria-describedby=${described(field)} aria-invalid=${String(field.isInvalid)}
    @input=${typedInto(field, shape)}
  ></textarea>`;
}

function line(field: Field, type: 'text' | 'password', shape: TextShape): TemplateResult {
  const keys = shape.kind === 'number' ? (shape.whole ? 'numeric' : 'decimal') : 'text';
  return html`<input
    id="control" type=${type} inputmode=${keys} spellcheck="false" autocomplete="off" .value=${live(textOf(field))}
    placeholder=${placeholderOf(field, shape)} aria-required=${String(field.place.required)}
    aria-describedby=${described(field)} aria-invalid=${String(field.isInvalid)}
    @input=${typedInto(field, shape)}
  >`;
}

/** Hidden until asked for. Shown, it has room for the lines of a key file. */
function secret(field: Field, shape: TextShape): TemplateResult {
  const { words } = field.context;
  const label = field.secretShown ? words.hideSecret : words.showSecret;
  const toggle = () => {
    field.secretShown = !field.secretShown;
  };
  return html`<div class="beside">
    ${field.secretShown ? area(field, shape) : line(field, 'password', shape)}
    <button type="button" class="icon" aria-label=${label} title=${label} @click=${toggle}>
      <vscode-icon name=${field.secretShown ? 'eye-closed' : 'eye'}></vscode-icon>
    </button>
  </div>`;
}

/** Formats for which the browser has something to pick from, with an example of each. */
const PICKERS: ReadonlyMap<string, { readonly type: string; readonly example: string }> = new Map([
  ['date', { type: 'date', example: '2026-01-31' }],
  ['date-time', { type: 'datetime-local', example: '2026-01-31T14:30' }],
  ['time', { type: 'time', example: '14:30' }],
]);

/**
 * The text is what counts, for it can say more than a calendar, such as a time zone. By keyboard one types it, so the
 * calendar is for the mouse alone.
 */
function withPicker(field: Field, shape: TextShape, { type }: { readonly type: string }): TemplateResult {
  const picked = (event: Event) => {
    const { value } = event.target as HTMLInputElement;
    if (value !== '') field.change({ kind: 'text', text: value });
  };
  return html`<div class="beside">
    ${line(field, 'text', shape)}
    <input
      class="picker" type=${type} step=${type === 'date' ? nothing : 'any'} tabindex="-1" aria-hidden="true"
      title=${field.context.words.pickDay} .value=${live(textOf(field))} @change=${picked}
    >
  </div>`;
}

function typedInto(field: Field, { kind }: TextShape) {
  return (event: Event) => {
    const { value: text } = event.target as HTMLTextAreaElement;
    field.change(text === '' ? { kind: 'absent' } : { kind, text });
  };
}

function textOf({ draft: { content } }: Field): string {
  return 'text' in content ? content.text : '';
}

const LONGEST_PLACEHOLDER = 200;

/** An example where the look of the text is not obvious, else what is used when nothing is typed. */
function placeholderOf({ place, draft }: Field, shape: TextShape): string {
  const example = shape.kind === 'text' ? PICKERS.get(shape.format ?? '')?.example : undefined;
  if (example !== undefined || place.required || draft.content.kind !== 'absent') return example ?? '';
  const usual = typeof place.defaultValue === 'string' ? place.defaultValue : (place.defaultText ?? '');
  return shortened(usual, LONGEST_PLACEHOLDER);
}

/** What will be sent, where that is not plain to see. */
function noteOf({ draft: { content }, context: { words } }: Field, shape: TextShape): string {
  if (content.kind === 'text') return content.text === '' ? words.sentAsEmpty : '';
  if (shape.kind !== 'any' || content.kind !== 'any') return '';
  if (content.text === '') return words.sentAsEmpty;
  const kind = kindOfText(content.text);
  return kind !== 'text' || /^\s*["[{]/.test(content.text) ? words.sentAs[kind] : '';
}

export const textStyles = css`
  .beside {
    display: flex;
    align-items: flex-start;
    gap: 4px;
  }

  .beside > #control {
    flex: 1;
    min-width: 0;
  }

  .beside > .icon {
    flex: none;
    margin-top: 1px;
  }

  /* Only the mark that opens the calendar is left of this one. */
  .beside > input.picker {
    flex: none;
    width: 26px;
    padding: 3px 2px;
    overflow: hidden;
    border-color: transparent;
    color: transparent;
    background: transparent;
  }

  .picker::-webkit-datetime-edit {
    display: none;
  }

  .picker::-webkit-calendar-picker-indicator {
    margin: 0;
    padding: 2px;
    cursor: pointer;
  }

  .note {
    margin: 2px 0 0;
    font-size: 0.92em;
  }
`;
