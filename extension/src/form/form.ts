import { isObject } from '../json_value';
import { type Inputs, NO_INPUTS } from '../runs/inputs';
import type { EntrypointInfo, ParameterInfo } from '../server/protocol.generated';
import { absent, type Draft, draftOf, type Place, startingDraft } from './draft';
import type { JsonSchema } from './json_schema';
import type { Path, Problem } from './problem';
import { type Reading, readDraft, wrong } from './reading';

/** One input of the form: a parameter, all of `*args` or all of `**kwargs`. */
export interface Field extends Place {
  readonly name: string;
  readonly kind: ParameterInfo['kind'];
  readonly parameter: ParameterInfo;
}

/** Everything that stands in the form of one entrypoint. Never changed: a change makes a new one. */
export interface Form {
  readonly fields: readonly Field[];
  readonly drafts: ReadonlyMap<string, Draft>;
  /** How many parameters were given by position though their names would do; kept as they were given. */
  readonly byPosition: number;
  /** Keyword arguments that the signature does not have. A decorator may take them. */
  readonly strangers: Draft;
}

/** What strangers may be: anything, by name. No parameter is called as their path. */
export const STRANGERS: Place = { schema: { type: 'object' }, definitions: {}, required: false };
export const STRANGERS_PATH: Path = ['**'];

/** Whether the entrypoint's parameters are known; else there is only JSON. */
export function hasForm(info: EntrypointInfo): boolean {
  return info.signature !== null && info.kind === 'python';
}

/**
 * The form that holds `inputs`, undefined when no form can: its parameters are not known, or the inputs give more
 * by position than there is. `readForm` turns it into the same inputs again.
 */
export function openForm(info: EntrypointInfo, inputs: Inputs): Form | undefined {
  if (!hasForm(info)) return undefined;
  const fields = info.parameters.map(fieldOf);
  const positional = fields.filter(isPositional);
  const rest = fields.find(({ kind }) => kind === 'var_positional');
  const others = fields.find(({ kind }) => kind === 'var_keyword');
  if (inputs.args.length > positional.length && rest === undefined) return undefined;
  const filled = positional.slice(0, inputs.args.length);
  const values = new Map<string, unknown>(filled.map(({ name }, index) => [name, inputs.args[index]]));
  const more = inputs.args.slice(positional.length);
  const unknown: [string, unknown][] = [];
  for (const [name, value] of Object.entries(inputs.kwargs)) {
    const field = fields.find((one) => one.name === name && isNamed(one));
    if (field === undefined || values.has(name)) unknown.push([name, value]);
    else values.set(name, value);
  }
  const drafts = new Map(fields.map((field) => [field.name, draftOf(field, values.get(field.name))]));
  if (rest !== undefined && more.length > 0) drafts.set(rest.name, draftOf(rest, more));
  const collected = unknown.length > 0 ? Object.fromEntries(unknown) : undefined;
  if (others !== undefined) drafts.set(others.name, draftOf(others, collected));
  const strangers = others === undefined ? draftOf(STRANGERS, collected) : absent();
  return { fields, drafts, byPosition: filled.length, strangers };
}

/** The form that is shown first: what is given, and whatever else needs no answer, such as an empty list. */
export function startForm(info: EntrypointInfo, inputs: Inputs = NO_INPUTS): Form | undefined {
  const form = openForm(info, inputs);
  if (form === undefined) return undefined;
  const drafts = new Map(form.drafts);
  for (const field of form.fields) {
    if (drafts.get(field.name)?.content.kind === 'absent') drafts.set(field.name, startingDraft(field));
  }
  return { ...form, drafts };
}

/** The form after the arguments that the signature does not have were changed. */
export function withStrangers(form: Form, draft: Draft): Form {
  const isEmpty = draft.content.kind === 'object' && draft.content.members.length === 0;
  return { ...form, strangers: isEmpty ? absent() : draft };
}

/** The form after one field was changed. */
export function withDraft(form: Form, name: string, draft: Draft): Form {
  return { ...form, drafts: new Map(form.drafts).set(name, draft) };
}

/**
 * What would be sent, without what cannot be sent as it stands, and everything that is wrong. `gaps`: what goes in the
 * place of a parameter that is left out before others that go by position: its default, else null, or nothing, and then
 * those others are left out too.
 */
export function readForm(
  form: Form,
  { gaps }: { readonly gaps: 'default' | 'null' | 'none' } = { gaps: 'default' },
): { readonly inputs: Inputs; readonly problems: readonly Problem[] } {
  const answers = form.fields.map((field): Answer => {
    const path = [field.name];
    return { field, path, ...readDraft(field, form.drafts.get(field.name) ?? absent(), path) };
  });
  const more = manyByPosition(answers);
  const leading = leadingAnswers(answers, more.values.length > 0, form.byPosition);
  const named = answers.filter((one) => isNamed(one.field) && isGiven(one) && !leading.includes(one));
  const extra = manyByName(form, answers, new Set([...leading, ...named].map(({ field }) => field.name)));
  const unknown = gaps === 'null' ? null : undefined;
  const args = leading.map(({ field, value }) =>
    value === undefined && gaps !== 'none' ? (field.parameter.defaultValue ?? unknown) : value,
  );
  const firstGap = args.indexOf(undefined);
  const kwargs = [
    ...named.map(({ field, value }): [string, unknown] => [field.name, value]),
    ...extra.values,
  ];
  return {
    inputs: {
      args: firstGap === -1 ? [...args, ...more.values] : args.slice(0, firstGap),
      kwargs: Object.fromEntries(kwargs),
    },
    problems: [
      ...answers.flatMap(({ problems }) => problems),
      ...leading.filter((_one, index) => args[index] === undefined).flatMap(gap),
      ...more.problems,
      ...extra.problems,
    ],
  };
}

interface Answer extends Reading {
  readonly field: Field;
  readonly path: Path;
}

/** The values of `*args`. */
function manyByPosition(answers: readonly Answer[]): { values: unknown[]; problems: readonly Problem[] } {
  const rest = answers.find(({ field }) => field.kind === 'var_positional');
  if (rest?.value === undefined) return { values: [], problems: [] };
  if (Array.isArray(rest.value)) return { values: rest.value, problems: [] };
  return { values: [], problems: wrong(rest.path, 'list').problems };
}

/** The members of `**kwargs` and the arguments that the signature does not have. */
function manyByName(
  form: Form,
  answers: readonly Answer[],
  given: ReadonlySet<string>,
): { values: [string, unknown][]; problems: readonly Problem[] } {
  const others = answers.find(({ field }) => field.kind === 'var_keyword');
  const strangers = { ...readDraft(STRANGERS, form.strangers, STRANGERS_PATH), path: STRANGERS_PATH };
  const parts = [...(others === undefined ? [] : [others]), strangers].filter(isGiven);
  const values = parts.flatMap(({ value }) => (isObject(value) ? Object.entries(value) : []));
  return {
    values,
    problems: [
      ...strangers.problems,
      ...parts.filter(({ value }) => !isObject(value)).flatMap(({ path }) => wrong(path, 'object').problems),
      ...values
        .filter(([name]) => given.has(name))
        .flatMap(([name]) => wrong([...(others?.path ?? STRANGERS_PATH), name], 'doubleKey', name).problems),
    ],
  };
}

/** The parameters that go by position: all before `*args`, or up to the last that has no other way. */
function leadingAnswers(answers: readonly Answer[], beforeMore: boolean, wanted: number): Answer[] {
  const positional = answers.filter(({ field }) => isPositional(field));
  if (beforeMore) return positional;
  const firstLeftOut = positional.findIndex((one) => !isGiven(one));
  const asBefore = Math.min(wanted, firstLeftOut === -1 ? positional.length : firstLeftOut);
  const lastOnly = positional.findLastIndex((one) => one.field.kind === 'positional_only' && isGiven(one));
  return positional.slice(0, Math.max(asBefore, lastOnly + 1));
}

function gap({ field, path, problems }: Answer): readonly Problem[] {
  return problems.length > 0 ? [] : wrong(path, 'gap', field.name).problems;
}

function isGiven({ value }: Reading): boolean {
  return value !== undefined;
}

export function isPositional({ kind }: Pick<ParameterInfo, 'kind'>): boolean {
  return kind === 'positional_only' || kind === 'positional_or_keyword';
}

function isNamed({ kind }: Field): boolean {
  return kind === 'positional_or_keyword' || kind === 'keyword_only';
}

function fieldOf(parameter: ParameterInfo): Field {
  const schema = parameter.schema as JsonSchema;
  const { name, kind, required } = parameter;
  return { name, kind, required, schema, definitions: schema.$defs ?? {}, parameter };
}
