import { type Definitions, type JsonSchema, MOST_STEPS, resolved, same } from './json_schema';

/** What a field looks like for one kind of value. */
export type Shape =
  | { readonly kind: 'text'; readonly format: string | undefined }
  | { readonly kind: 'number'; readonly whole: boolean }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'null' }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] }
  | { readonly kind: 'list'; readonly first: readonly JsonSchema[]; readonly others: JsonSchema | undefined }
  | { readonly kind: 'object'; readonly members: readonly Member[]; readonly others: JsonSchema | undefined }
  /** Anything goes: text, or whatever JSON the text is. */
  | { readonly kind: 'any' };

export interface Member {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** One of the kinds of value that a place takes. `schema` is resolved: no `$ref`, no `anyOf`. */
export interface Alternative {
  readonly shape: Shape;
  readonly schema: JsonSchema;
}

/**
 * What a place may hold, in the order of the schema; never empty. Members of lists and objects are not looked into:
 * a type that holds itself has no end.
 */
export function alternatives(schema: JsonSchema, definitions: Definitions): Alternative[] {
  const found = flattened(schema, definitions, MOST_STEPS);
  if (found.length === 0 || found.some(({ shape }) => shape.kind === 'any')) {
    return [{ shape: { kind: 'any' }, schema: resolved(schema, definitions) }];
  }
  const values = found.map(valuesOf);
  if (found.length > 1 && values.every((few) => few !== undefined)) {
    return [{ shape: { kind: 'choice', values: distinct(values.flat()) }, schema: {} }];
  }
  return found;
}

function flattened(schema: JsonSchema, definitions: Definitions, steps: number): Alternative[] {
  if (steps === 0) return [];
  if (schema.$ref !== undefined) return flattened(resolved(schema, definitions), definitions, steps - 1);
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return options.flatMap((option) => flattened(option, definitions, steps - 1));
  if (Array.isArray(schema.enum)) return [{ shape: { kind: 'choice', values: schema.enum }, schema }];
  if (schema.const !== undefined) return [{ shape: { kind: 'choice', values: [schema.const] }, schema }];
  const types = schema.type === undefined ? [undefined] : [schema.type].flat();
  return types.map((type) => ({ shape: shapeOf(type, schema), schema }));
}

function shapeOf(type: string | undefined, schema: JsonSchema): Shape {
  switch (type) {
    case 'string':
      return { kind: 'text', format: schema.format };
    case 'integer':
    case 'number':
      return { kind: 'number', whole: type === 'integer' };
    case 'boolean':
    case 'null':
      return { kind: type };
    case 'array':
      return listShape(schema);
    case 'object':
      return objectShape(schema);
    default:
      return { kind: 'any' };
  }
}

function listShape({ prefixItems: first = [], items, maxItems }: JsonSchema): Shape {
  const isTuple = first.length > 0 && maxItems === first.length;
  return { kind: 'list', first, others: isTuple ? undefined : (items ?? {}) };
}

function objectShape({ properties = {}, required = [], additionalProperties }: JsonSchema): Shape {
  const members = Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    required: required.includes(name),
  }));
  const isClosed =
    additionalProperties === false || (members.length > 0 && additionalProperties === undefined);
  const others = typeof additionalProperties === 'object' ? additionalProperties : {};
  return { kind: 'object', members, others: isClosed ? undefined : others };
}

/** The values of an alternative that has only a few. */
function valuesOf({ shape }: Alternative): readonly unknown[] | undefined {
  if (shape.kind === 'choice') return shape.values;
  if (shape.kind === 'null') return [null];
  return shape.kind === 'boolean' ? [true, false] : undefined;
}

function distinct(values: readonly unknown[]): unknown[] {
  return values.filter((value, index) => values.findIndex((other) => same(other, value)) === index);
}
