import { type Content, type Draft, itemSchema, type MemberDraft, memberSchema, type Place } from './draft';
import type { JsonSchema } from './json_schema';
import { isExact, parsedJson } from './json_text';
import { limitProblems } from './limits';
import type { Path, Problem, ProblemCode } from './problem';
import { alternatives, type Shape } from './shape';

/** The value of a draft; no `value` when it is left out or cannot be sent as it stands. */
export interface Reading {
  readonly value?: unknown;
  readonly problems: readonly Problem[];
}

/** What a draft stands for. What is wrong inside is reported and left out of the value. */
export function readDraft(place: Place, { alternative, content }: Draft, path: Path): Reading {
  if (content.kind === 'absent') return place.required ? wrong(path, 'required') : { problems: [] };
  const option = alternatives(place.schema, place.definitions)[alternative];
  const shape = option?.shape ?? { kind: 'any' };
  const reading = contentValue(content, shape, place, path);
  // A list that lacks a value somewhere is not short because of it.
  if (option === undefined || reading.value === undefined || reading.problems.some(({ blocks }) => blocks)) {
    return reading;
  }
  const limits = limitProblems(option.schema, shape, reading.value).map((found) => ({ ...found, path }));
  return { value: reading.value, problems: [...reading.problems, ...limits] };
}

/** The same for what stands in a field, when it is not left out. */
export function contentValue(content: Content, shape: Shape, place: Place, path: Path): Reading {
  switch (content.kind) {
    case 'absent':
      return { problems: [] };
    case 'null':
      return { value: null, problems: [] };
    case 'boolean':
      return { value: content.on, problems: [] };
    case 'choice':
      return { value: content.value, problems: [] };
    case 'text':
      return { value: content.text, problems: [] };
    case 'number':
      return numberValue(content.text, path);
    case 'any':
      return anyValue(content.text, path);
    case 'json':
      return jsonValue(content.text, path);
    case 'list':
      return listValue(content, shape, place, path);
    case 'object':
      return objectValue(content, shape, place, path);
  }
}

const NUMBER = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE = /^[+-]?(?:inf|infinity|nan)$/i;

function numberValue(typed: string, path: Path): Reading {
  const text = typed.trim();
  if (text === '') return wrong(path, 'required');
  if (NOT_FINITE.test(text)) return wrong(path, 'notFinite', text);
  if (!NUMBER.test(text)) return wrong(path, 'number', shortened(text));
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  const value = Number(digits);
  return isExact(digits, value) ? { value, problems: [] } : wrong(path, 'inexact', shortened(text));
}

/** A text that is JSON is what it says, any other text is itself. */
function anyValue(text: string, path: Path): Reading {
  const parsed = parsedJson(text);
  if ('value' in parsed) return { value: parsed.value, problems: [] };
  return parsed.reason === 'inexact' ? wrong(path, 'inexact', parsed.number) : { value: text, problems: [] };
}

/** What a text in a field without a type is sent as. */
export function kindOfText(text: string): 'text' | 'number' | 'boolean' | 'null' | 'list' | 'object' {
  const parsed = parsedJson(text);
  const value = 'value' in parsed ? parsed.value : text;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  const kind = typeof value;
  return kind === 'number' || kind === 'boolean' || kind === 'object' ? kind : 'text';
}

function jsonValue(text: string, path: Path): Reading {
  const parsed = parsedJson(text);
  if ('value' in parsed) return { value: parsed.value, problems: [] };
  return parsed.reason === 'inexact'
    ? wrong(path, 'inexact', parsed.number)
    : wrong(path, 'json', parsed.message);
}

function listValue(content: Content & { kind: 'list' }, shape: Shape, place: Place, path: Path): Reading {
  const schemaAt = (index: number) => (shape.kind === 'list' ? itemSchema(shape, index) : {});
  const readings = content.items.map(({ draft }, index) =>
    readDraft({ ...place, schema: schemaAt(index), required: true }, draft, [...path, index]),
  );
  const problems = readings.flatMap((reading) => reading.problems);
  return { value: readings.filter(isGiven).map(({ value }) => value), problems };
}

function objectValue(content: Content & { kind: 'object' }, shape: Shape, place: Place, path: Path): Reading {
  const known = shape.kind === 'object' ? shape.members : [];
  const placeOf = (name: string): Place => ({
    schema: shape.kind === 'object' ? memberSchema(shape, name) : NO_SCHEMA,
    definitions: place.definitions,
    required: known.find((member) => member.name === name)?.required ?? true,
  });
  const readings = content.members.map(({ name, draft }): [string, Reading] => [
    name,
    readDraft(placeOf(name), draft, [...path, name]),
  ]);
  const lacking = known.filter(
    ({ name, required }) => required && !content.members.some((member) => member.name === name),
  );
  const problems = [
    ...readings.flatMap(([, reading]) => reading.problems),
    ...lacking.flatMap(({ name }) => wrong([...path, name], 'required').problems),
    ...doubleKeys(content.members).flatMap((name) => wrong([...path, name], 'doubleKey', name).problems),
  ];
  const members = readings.filter(([, reading]) => isGiven(reading));
  return { value: Object.fromEntries(members.map(([name, { value }]) => [name, value])), problems };
}

const NO_SCHEMA: JsonSchema = {};

function doubleKeys(members: readonly MemberDraft[]): string[] {
  const names = members.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function isGiven(reading: Reading): boolean {
  return reading.value !== undefined;
}

export function wrong(path: Path, code: ProblemCode, ...values: string[]): Reading {
  return { problems: [{ path, code, values, blocks: true }] };
}

/** The beginning of a long text. */
export function shortened(text: string, length = 40): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
