import { fill } from '../translate';
import { AS_JSON, absent, type Draft, draftOf, type Place, started } from './draft';
import type { Definitions } from './json_schema';
import { type Alternative, alternatives } from './shape';
import type { FormWords } from './words';

/** One way to give a value at a place, or to leave it out. */
export interface State {
  /** 'absent', or the number of the alternative. */
  readonly id: string;
  readonly label: keyof FormWords['kinds'] | 'absent';
  /** A name of its own, such as a class, instead of the label. */
  readonly title: string | undefined;
  /** Of a list: what its items are, if they are of one kind. */
  readonly items?: Omit<State, 'id'>;
}

/** The states a person can pick from; fewer than two when there is nothing to pick. */
export function statesOf(place: Place, draft: Draft): State[] {
  const options = alternatives(place.schema, place.definitions);
  const states = options.map((option, index) => stateOf(option, place.definitions, index));
  // A list of choices has room for leaving out.
  const isChoice = options.length === 1 && options[0]?.shape.kind === 'choice';
  if (!place.required && !isChoice) states.unshift({ id: 'absent', label: 'absent', title: undefined });
  if (draft.alternative === AS_JSON) states.push({ id: String(AS_JSON), label: 'json', title: undefined });
  return states;
}

function stateOf(option: Alternative, definitions: Definitions, index: number): State {
  const { shape } = option;
  const items = shape.kind === 'list' ? alternatives(shape.others ?? {}, definitions) : [];
  const [item] = items;
  const known = items.length === 1 && item !== undefined && item.shape.kind !== 'any';
  return { id: String(index), ...nameOf(option), ...(known ? { items: nameOf(item) } : {}) };
}

function nameOf({ shape, schema }: Alternative): Omit<State, 'id'> {
  const label = shape.kind === 'number' && shape.whole ? 'whole' : shape.kind;
  return { label, title: schema.title };
}

/** What a state is called. `absent` is said by the field itself, for it names the default. */
export function stateText(
  { label, title, items }: Omit<State, 'id'>,
  absent: string,
  words: FormWords,
): string {
  if (label === 'absent') return absent;
  const name = title ?? words.kinds[label];
  return items === undefined ? name : fill(words.kindOfItems, name, stateText(items, absent, words));
}

export function stateIdOf(place: Place, { alternative, content }: Draft): string {
  return content.kind === 'absent' && !place.required ? 'absent' : String(alternative);
}

/** The draft after a state was picked: the default to change if the state can show it, else empty, but with
 * everything that needs no answer. */
export function draftInState(place: Place, draft: Draft, id: string, defaultValue?: unknown): Draft {
  const { schema, definitions } = place;
  if (id === 'absent') return absent(draft.alternative === AS_JSON ? 0 : draft.alternative);
  const alternative = Number(id);
  const option = alternatives(schema, definitions)[alternative];
  if (option === undefined) return draft;
  const usual = draft.content.kind === 'absent' ? draftOf(place, defaultValue) : draft;
  if (usual.content.kind !== 'absent' && usual.alternative === alternative) return usual;
  const { kind } = option.shape;
  if (kind === 'text' || kind === 'number' || kind === 'any') {
    return { alternative, content: { kind, text: textIn(draft) } };
  }
  return { alternative, content: started(option, definitions) };
}

/** What was typed goes along from number to text and back. */
function textIn({ content }: Draft): string {
  return content.kind === 'text' || content.kind === 'number' || content.kind === 'any' ? content.text : '';
}

/** A part that was left out, unfolded. */
export function unfolded(place: Place, { alternative }: Draft): Draft {
  const { schema, definitions } = place;
  const option = alternatives(schema, definitions)[alternative];
  return option === undefined ? absent() : { alternative, content: started(option, definitions) };
}

/** Whether what stands there takes more than a line: a list or an object. */
export function isTall({ schema, definitions }: Place, { alternative }: Draft): boolean {
  const kind = alternatives(schema, definitions)[alternative]?.shape.kind;
  return kind === 'list' || kind === 'object';
}
