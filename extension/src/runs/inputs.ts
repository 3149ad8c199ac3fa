import type { EntrypointInfo, ParameterInfo } from '../server/protocol.generated';
import type { Translate } from '../translate';
import { asJson } from './display';
import { type Definitions, type JsonSchema, mismatch, resolved } from './schema_check';

/** What is sent: positional arguments and keyword arguments. */
export interface Inputs {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

export const NO_INPUTS: Inputs = { args: [], kwargs: {} };

/** What a typed text means for a parameter. */
export type Reading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'left-out' }
  | { readonly kind: 'wrong'; readonly message: string };

/** Parameters that can be asked for one at a time; `*args` and `**kwargs` only go through JSON. */
export function askable(info: EntrypointInfo): ParameterInfo[] {
  return info.parameters.filter(({ kind }) => kind !== 'var_positional' && kind !== 'var_keyword');
}

/** Whether asking one by one covers the entrypoint: its signature is known and has no required catch-all. */
export function canAskOneByOne(info: EntrypointInfo): boolean {
  return info.signature !== null && (askable(info).length > 0 || info.parameters.length === 0);
}

/** The choices of a parameter that has few possible values, such as a `Literal` or a `bool`. */
export function choices(parameter: ParameterInfo): unknown[] | undefined {
  return choicesOf(parameter.schema as JsonSchema);
}

function choicesOf(schema: JsonSchema): unknown[] | undefined {
  const { enum: values, const: only, type, anyOf } = schema;
  if (Array.isArray(values) && values.length > 0) return values;
  if (only !== undefined) return [only];
  if (type === 'boolean') return [true, false];
  const alternatives = anyOf?.map((one) => (one.type === 'null' ? [null] : choicesOf(one)));
  return alternatives?.every((one) => one !== undefined) ? alternatives.flat() : undefined;
}

/** The value that `text`, as typed by a person, stands for. */
export function readText(parameter: ParameterInfo, text: string, t: Translate): Reading {
  const schema = parameter.schema as JsonSchema;
  if (text === '' && !parameter.required) return { kind: 'left-out' };
  if (isPlainText(schema)) return { kind: 'value', value: text };
  if (text.trim() === '') {
    return { kind: 'wrong', message: t('{0} is required: {1}.', parameter.name, expectation(schema, t)) };
  }
  const parsed = parseJson(text);
  if (parsed === undefined || mismatch(schema, parsed.value) !== undefined) {
    if (mismatch(schema, text) === undefined) return { kind: 'value', value: text };
    const reason = parsed === undefined ? undefined : mismatch(schema, parsed.value);
    return { kind: 'wrong', message: wrongText(parameter, schema, reason, t) };
  }
  return { kind: 'value', value: parsed.value };
}

/** For a reading whose words nobody sees. */
const untranslated: Translate = (text) => text;

/** The text that `readText` turns into `value` again. */
export function textFor(parameter: ParameterInfo, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? '';
  if (isPlainText(parameter.schema as JsonSchema)) return value;
  const reading = readText(parameter, value, untranslated);
  const same = reading.kind === 'value' && reading.value === value;
  return same ? value : JSON.stringify(value);
}

/** What may be typed, for a hint under the field. */
export function expectation(schema: JsonSchema, t: Translate): string {
  const types = typesOf(schema).filter((type) => type !== 'null');
  if (types.length === 0)
    return t('text, or JSON such as 5, true or {0}; "quoted" to stay a text', '{"a": 1}');
  return types.map((type) => nameOfType(type, t)).join(t(' or '));
}

function nameOfType(type: string, t: Translate): string {
  switch (type) {
    case 'string':
      return t('text');
    case 'integer':
      return t('a whole number');
    case 'number':
      return t('a number');
    case 'boolean':
      return t('true or false');
    case 'array':
      return t('a JSON list such as {0}', '["a", "b"]');
    case 'object':
      return t('a JSON object such as {0}', '{"a": 1}');
    case 'choice':
      return t('one of the choices');
    default:
      return type;
  }
}

/** Puts values where a call needs them: positional-only parameters in order, the others by name. */
export function collect(info: EntrypointInfo, values: ReadonlyMap<string, unknown>): Inputs {
  const args: unknown[] = [];
  const kwargs: Record<string, unknown> = {};
  for (const parameter of askable(info)) {
    if (!values.has(parameter.name)) continue;
    if (parameter.kind === 'positional_only') args.push(values.get(parameter.name));
    else kwargs[parameter.name] = values.get(parameter.name);
  }
  return { args, kwargs };
}

/** The values of earlier inputs by parameter name, the other way round than `collect`. */
export function spread(info: EntrypointInfo, inputs: Inputs): Map<string, unknown> {
  const values = new Map(Object.entries(inputs.kwargs));
  const positional = info.parameters.filter(({ kind }) => kind === 'positional_only');
  for (const [index, value] of inputs.args.entries()) {
    const name = positional[index]?.name;
    if (name !== undefined) values.set(name, value);
  }
  return values;
}

/** Whether `inputs` give every parameter that is required. */
export function isWhole(info: EntrypointInfo, inputs: Inputs): boolean {
  const values = spread(info, inputs);
  return askable(info).every(({ name, required }) => !required || values.has(name));
}

/** The JSON a person edits: the keyword arguments, or both kinds when the entrypoint takes positional ones. */
export function inputsToJson(info: EntrypointInfo, inputs: Inputs): string {
  const { args, kwargs } = inputs;
  return `${asJson(takesPositional(info) || args.length > 0 ? { args, kwargs } : kwargs)}\n`;
}

/** The opposite of `inputsToJson`; says what is wrong with a text that is not such a JSON. */
export function inputsFromJson(
  info: EntrypointInfo,
  text: string,
  t: Translate,
): { readonly inputs: Inputs } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: t('This is not JSON yet: {0}', reason) };
  }
  if (!isObject(value)) {
    return { problem: t('The inputs must be one JSON object: {0}.', '{ "name": value, … }') };
  }
  const { args, kwargs } = value;
  const holdsBoth =
    Array.isArray(args) && isObject(kwargs) && Object.keys(value).every((key) => BOTH_KEYS.has(key));
  if (holdsBoth) return { inputs: { args, kwargs } };
  if (!takesPositional(info)) return { inputs: { args: [], kwargs: value } };
  const both = '{ "args": [ … ], "kwargs": { … } }';
  return { problem: t('This entrypoint takes positional arguments: write {0}.', both) };
}

const BOTH_KEYS = new Set(['args', 'kwargs']);

/** A first text for the JSON editor: what was used before, else each parameter with its default or a blank. */
export function startingInputs(info: EntrypointInfo, remembered: Inputs | undefined): Inputs {
  return remembered ?? withBlanks(info, new Map());
}

/** What was answered so far, and for each other parameter that is needed or has a default, that or a blank. */
export function withBlanks(info: EntrypointInfo, answered: ReadonlyMap<string, unknown>): Inputs {
  const blanks = askable(info)
    .filter((parameter) => parameter.required || parameter.defaultValue !== undefined)
    .map((parameter): [string, unknown] => [
      parameter.name,
      parameter.defaultValue ?? blank(parameter.schema as JsonSchema),
    ]);
  return collect(info, new Map([...blanks, ...answered]));
}

/** A value to start from: what an object needs is in it, so that only values have to be written. */
function blank(
  unresolved: JsonSchema,
  definitions: Definitions = unresolved.$defs ?? {},
  depth = 0,
): unknown {
  const schema = resolved(unresolved, definitions);
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const { properties = {}, required = [] } = schema;
  if (schema.type === 'object' && depth < DEEPEST_BLANK) {
    const members = required.map((key) => [key, blank(properties[key] ?? {}, definitions, depth + 1)]);
    return Object.fromEntries(members);
  }
  const blanks: Readonly<Record<string, unknown>> = {
    integer: 0,
    number: 0,
    boolean: false,
    array: [],
    object: {},
    null: null,
  };
  const [type] = typesOf(schema);
  return type === undefined ? '' : (blanks[type] ?? '');
}

const DEEPEST_BLANK = 3;

function takesPositional(info: EntrypointInfo): boolean {
  return info.parameters.some(({ kind }) => kind === 'positional_only' || kind === 'var_positional');
}

/** Whether text is taken as it is, without a look whether it could be JSON. */
function isPlainText(schema: JsonSchema): boolean {
  const types = typesOf(schema);
  return types.includes('string') && types.every((type) => type === 'string' || type === 'null');
}

function typesOf(schema: JsonSchema, definitions: Definitions = schema.$defs ?? {}): string[] {
  if (Array.isArray(schema.enum) || schema.const !== undefined) return [];
  if (schema.type !== undefined) return [schema.type].flat();
  const alternatives = (schema.anyOf ?? schema.oneOf ?? []).map((one) => resolved(one, definitions));
  return [...new Set(alternatives.flatMap((one) => alternativeTypes(one, definitions)))];
}

/** Like `typesOf`, but an alternative that has no type is not forgotten: it may be no text. */
function alternativeTypes(schema: JsonSchema, definitions: Definitions): string[] {
  const types = typesOf(schema, definitions);
  return types.length > 0 ? types : ['choice'];
}

function wrongText(
  { name }: ParameterInfo,
  schema: JsonSchema,
  reason: string | undefined,
  t: Translate,
): string {
  const expected = expectation(schema, t);
  return reason === undefined
    ? t('{0} takes {1}.', name, expected)
    : t('{0} takes {1}: {2}.', name, expected, reason);
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
