import { type Inputs, NO_INPUTS } from '../runs/inputs';
import type { EntrypointInfo } from '../server/protocol.generated';
import { draftOf, type Place } from './draft';
import { openForm, readForm } from './form';
import { resolved } from './json_schema';
import { alternatives, type Shape } from './shape';

/** Whether `inputs` give every parameter that is required; true where the parameters are not known. */
export function isWhole(info: EntrypointInfo, inputs: Inputs): boolean {
  const form = openForm(info, inputs);
  return form?.fields.every(({ name, required }) => !required || isGiven(form.drafts.get(name))) ?? true;
}

function isGiven(draft: ReturnType<typeof draftOf> | undefined): boolean {
  return draft !== undefined && draft.content.kind !== 'absent';
}

/** Inputs to begin a text with: each parameter that is needed or has a default, with that or a blank. */
export function startingInputs(info: EntrypointInfo): Inputs {
  const form = openForm(info, NO_INPUTS);
  if (form === undefined) return NO_INPUTS;
  const drafts = new Map(form.drafts);
  for (const field of form.fields) {
    const { defaultValue } = field.parameter;
    if (!field.required && defaultValue === undefined) continue;
    drafts.set(field.name, draftOf(field, defaultValue ?? blank(field)));
  }
  return readForm({ ...form, drafts }).inputs;
}

/** A value to start from: what an object needs is in it, so that only values have to be written. */
function blank({ schema, definitions }: Omit<Place, 'required'>, depth = 0): unknown {
  const { default: usual } = resolved(schema, definitions);
  if (usual !== undefined) return usual;
  const shape: Shape = alternatives(schema, definitions)[0]?.shape ?? { kind: 'any' };
  switch (shape.kind) {
    case 'choice':
      return shape.values[0] ?? null;
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'list':
      return [];
    case 'object': {
      const needed = depth < DEEPEST ? shape.members.filter(({ required }) => required) : [];
      const member = (of: typeof schema) => blank({ schema: of, definitions }, depth + 1);
      return Object.fromEntries(needed.map(({ name, schema: of }) => [name, member(of)]));
    }
    default:
      return '';
  }
}

const DEEPEST = 3;
