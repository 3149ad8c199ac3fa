import { isObject } from '../json_value';

/** The part of JSON Schema that the server writes for parameters. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly $ref?: string;
  readonly $defs?: Definitions;
}

/** Named schemas of a parameter, which `$ref` points to. */
export type Definitions = Readonly<Record<string, JsonSchema>>;

/** The schema that `$ref` names, the schema itself without one; what is not known accepts anything. */
export function resolved(schema: JsonSchema, definitions: Definitions): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/$defs/', '');
  return (Object.hasOwn(definitions, name) ? definitions[name] : undefined) ?? {};
}

/** Steps from name to name and into alternatives for one value; a definition may name only itself. */
export const MOST_STEPS = 8;

/** Levels of a value that are looked at. */
const DEEPEST = 64;

/** Where a check has got to: steps for this value, and levels above it. */
interface Progress {
  readonly step: number;
  readonly depth: number;
}

/** Whether `value` fits `schema`. What this check does not know it allows: the agent has the last word. */
export function fits(
  schema: JsonSchema,
  value: unknown,
  definitions: Definitions,
  { step, depth }: Progress = { step: 0, depth: 0 },
): boolean {
  if (step > MOST_STEPS || depth > DEEPEST) return true;
  const further = (one: JsonSchema) => fits(one, value, definitions, { step: step + 1, depth });
  if (schema.$ref !== undefined) return further(resolved(schema, definitions));
  if (schema.const !== undefined && !same(schema.const, value)) return false;
  if (Array.isArray(schema.enum) && !schema.enum.some((allowed) => same(allowed, value))) return false;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined && !alternatives.some(further)) return false;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return false;
  return membersFit(schema, value, definitions, depth + 1);
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'object':
      return isObject(value);
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

function membersFit(schema: JsonSchema, value: unknown, definitions: Definitions, depth: number): boolean {
  const memberFits = (one: JsonSchema | undefined, member: unknown) =>
    one === undefined || fits(one, member, definitions, { step: 0, depth });
  if (Array.isArray(value)) {
    const { prefixItems = [], items } = schema;
    return value.every((item, index) => memberFits(prefixItems[index] ?? items, item));
  }
  if (typeof value !== 'object' || value === null) return true;
  const { properties = {}, additionalProperties, required = [] } = schema;
  if (required.some((key) => !Object.hasOwn(value, key))) return false;
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return Object.entries(value).every(([key, member]) =>
    memberFits(Object.hasOwn(properties, key) ? properties[key] : others, member),
  );
}

/** Whether two JSON values are the same. */
export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
