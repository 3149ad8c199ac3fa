import { isObject } from '../json_value';
import { type Definitions, fits, type JsonSchema, same } from './json_schema';
import { parsedJson } from './json_text';
import { type Alternative, alternatives, type Member, type Shape } from './shape';

/** What stands in a field: what was typed or picked, whether or not it can be sent already. */
export interface Draft {
  /** Which of the place's alternatives the field shows; `AS_JSON` when none of them can show the value. */
  readonly alternative: number;
  readonly content: Content;
}

export const AS_JSON = -1;

export type Content =
  | { readonly kind: 'absent' }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly on: boolean }
  | { readonly kind: 'choice'; readonly value: unknown }
  /** `text`: as typed, for `number` perhaps no number, for `json` perhaps no JSON. `any`: text or JSON. */
  | { readonly kind: 'text' | 'number' | 'any' | 'json'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly ItemDraft[] }
  | { readonly kind: 'object'; readonly members: readonly MemberDraft[] };

/** `id` stays with the item when it moves. */
export interface ItemDraft {
  readonly id: number;
  readonly draft: Draft;
}

export interface MemberDraft extends ItemDraft {
  readonly name: string;
}

/** A place in the inputs: what it takes and how it is called there. */
export interface Place {
  readonly schema: JsonSchema;
  readonly definitions: Definitions;
  readonly required: boolean;
}

/** A value with more parts than this, or deeper ones, is shown as JSON: a form of them helps nobody. */
export const MOST_PARTS = 300;
const DEEPEST = 24;

export function absent(alternative = 0): Draft {
  return alternative === 0 ? ABSENT : { alternative, content: { kind: 'absent' } };
}

/** Always the same one, so that what is left out need not be drawn again. */
const ABSENT: Draft = { alternative: 0, content: { kind: 'absent' } };

/** The draft that stands for `value`; `readDraft` turns it into the same value again. */
export function draftOf(place: Place, value: unknown, depth = 0): Draft {
  if (value === undefined) return absent();
  const { schema, definitions } = place;
  const options = alternatives(schema, definitions);
  const index = depth < DEEPEST ? bestAlternative(options, definitions, value) : AS_JSON;
  const option = options[index];
  if (option === undefined) return { alternative: AS_JSON, content: { kind: 'json', text: pretty(value) } };
  return { alternative: index, content: contentOf(option.shape, definitions, value, depth) };
}

/** The first alternative that the value fits, else the first that can show it. */
function bestAlternative(options: readonly Alternative[], definitions: Definitions, value: unknown): number {
  const showing = options.filter(({ shape }) => canShow(shape, value));
  const fitting =
    showing.length > 1 ? showing.find(({ schema }) => fits(schema, value, definitions)) : undefined;
  const best = fitting ?? showing[0];
  return best === undefined ? AS_JSON : options.indexOf(best);
}

function canShow(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case 'any':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'choice':
      return shape.values.some((allowed) => same(allowed, value));
    case 'list':
      return Array.isArray(value) && value.length <= mostItems(shape) && isSmall(value);
    case 'object':
      return isObject(value) && isSmall(value);
  }
}

/** A tuple has no room for more items than it has types. */
function mostItems({ first, others }: Shape & { kind: 'list' }): number {
  return others === undefined ? first.length : MOST_PARTS;
}

function isSmall(value: object): boolean {
  const waiting: unknown[] = [value];
  for (let parts = 0; waiting.length > 0; parts++) {
    if (parts + waiting.length > MOST_PARTS) return false;
    const one = waiting.pop();
    if (typeof one === 'object' && one !== null) waiting.push(...Object.values(one).slice(0, MOST_PARTS + 1));
  }
  return true;
}

function contentOf(shape: Shape, definitions: Definitions, value: unknown, depth: number): Content {
  const inner = (schema: JsonSchema, member: unknown) =>
    draftOf({ schema, definitions, required: true }, member, depth + 1);
  switch (shape.kind) {
    case 'any':
      return { kind: 'any', text: textOfAny(value) };
    case 'text':
      return { kind: 'text', text: String(value) };
    case 'number':
      return { kind: 'number', text: String(value) };
    case 'boolean':
      return { kind: 'boolean', on: value === true };
    case 'null':
      return { kind: 'null' };
    case 'choice':
      return { kind: 'choice', value };
    case 'list': {
      const items = (value as unknown[]).map((item, id) => ({
        id,
        draft: inner(itemSchema(shape, id), item),
      }));
      return { kind: 'list', items };
    }
    case 'object': {
      const members = Object.entries(value as object).map(([name, member], id) => ({
        id,
        name,
        draft: inner(memberSchema(shape, name), member),
      }));
      return { kind: 'object', members };
    }
  }
}

/** What stands in a field of this shape before anything is typed: what needs no answer is there already. */
export function started({ shape }: Alternative, definitions: Definitions, depth = 0): Content {
  const begin = ({ schema, required }: Omit<Member, 'name'>) =>
    startingDraft({ schema, definitions, required }, depth + 1);
  switch (shape.kind) {
    case 'boolean':
      return { kind: 'boolean', on: false };
    case 'null':
      return { kind: 'null' };
    case 'choice':
      return shape.values.length === 1 ? { kind: 'choice', value: shape.values[0] } : { kind: 'absent' };
    case 'list': {
      const items = shape.first.map((schema, id) => ({ id, draft: begin({ schema, required: true }) }));
      return { kind: 'list', items };
    }
    case 'object': {
      const needed = shape.members.filter(({ required }) => required);
      const members = needed.map((member, id) => ({ id, name: member.name, draft: begin(member) }));
      return { kind: 'object', members };
    }
    default:
      return { kind: 'absent' };
  }
}

/** The draft of a place that nothing is known of yet. Deep inside it waits to be unfolded. */
export function startingDraft(place: Place, depth = 0): Draft {
  const [first] = place.required && depth < 3 ? alternatives(place.schema, place.definitions) : [];
  return first === undefined
    ? absent()
    : { alternative: 0, content: started(first, place.definitions, depth) };
}

export function itemSchema({ first, others }: Shape & { kind: 'list' }, index: number): JsonSchema {
  return first[index] ?? others ?? {};
}

export function memberSchema({ members, others }: Shape & { kind: 'object' }, name: string): JsonSchema {
  return members.find((member) => member.name === name)?.schema ?? others ?? {};
}

/** A text that is no JSON is itself; one that is has to be quoted to stay a text. */
function textOfAny(value: unknown): string {
  if (typeof value !== 'string') return pretty(value);
  return value.trim() === '' || 'value' in parsedJson(value) ? JSON.stringify(value) : value;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
