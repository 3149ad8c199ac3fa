import { AS_JSON, type Content, type Draft, type Place } from './draft';
import type { Field, Form } from './form';
import { same } from './json_schema';
import { readDraft } from './reading';
import { alternatives, type Shape } from './shape';

/**
 * `form`, made from what `before` would send, with what was typed there as well and cannot be sent as it stands: each
 * parameter that is still there has its text again, if a text still fits it.
 */
export function withUnsent(form: Form, before: Form): Form {
  const drafts = new Map(form.drafts);
  for (const field of form.fields) {
    const old = before.fields.find((one) => one.name === field.name && one.kind === field.kind);
    const draft = old === undefined ? undefined : before.drafts.get(old.name);
    if (old === undefined || draft === undefined || !isUnsent(old, draft)) continue;
    // Other parameters may have taken some of what these collect.
    if (isCollecting(field) && !sameCall(form, before)) continue;
    const kept = draftAt(field, old, draft);
    if (kept !== undefined) drafts.set(field.name, kept);
  }
  return { ...form, drafts };
}

function isUnsent(place: Place, draft: Draft): boolean {
  if (draft.content.kind === 'absent') return false;
  return readDraft(place, draft, []).problems.some(({ blocks }) => blocks);
}

function isCollecting({ kind }: Field): boolean {
  return kind === 'var_positional' || kind === 'var_keyword';
}

function sameCall(left: Form, right: Form): boolean {
  const names = ({ fields }: Form) => fields.map(({ name, kind }) => [name, kind]);
  return same(names(left), names(right));
}

/** The draft at a place whose type may be another one; undefined where it does not fit there. */
function draftAt(place: Place, before: Place, draft: Draft): Draft | undefined {
  const isAsBefore = same([place.schema, place.definitions], [before.schema, before.definitions]);
  if (isAsBefore || draft.alternative === AS_JSON) return draft;
  if (!isTyped(draft.content)) return undefined;
  const { kind, text } = draft.content;
  const options = alternatives(place.schema, place.definitions).map(({ shape }) => textContent(shape, text));
  const sameKind = options.findIndex((content) => content?.kind === kind);
  const alternative = sameKind === -1 ? options.findIndex((content) => content !== undefined) : sameKind;
  const content = options[alternative];
  return content === undefined ? undefined : { alternative, content };
}

type TextContent = Content & { readonly kind: 'text' | 'number' | 'any' };

function isTyped(content: Content): content is TextContent {
  return content.kind === 'text' || content.kind === 'number' || content.kind === 'any';
}

/** The text in a field that has room for any text. */
function textContent({ kind }: Shape, text: string): TextContent | undefined {
  return kind === 'text' || kind === 'number' || kind === 'any' ? { kind, text } : undefined;
}
