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
export function resolved(schema: JsonSchema, definitions: Definitions | undefined): JsonSchema {
  if (schema.$ref === undefined) return schema;
  return definitions?.[schema.$ref.replace('#/$defs/', '')] ?? {};
}

/** Steps from name to name and into alternatives for one value; a definition may name only itself. */
export const MOST_STEPS = 8;

/**
 * Why `value` does not fit `schema`, in words, or undefined when it fits. What this check does not know it allows:
 * the agent has the last word.
 */
export function mismatch(
  schema: JsonSchema,
  value: unknown,
  definitions: Definitions | undefined = schema.$defs,
  step = 0,
): string | undefined {
  if (step > MOST_STEPS) return undefined;
  if (schema.$ref !== undefined) {
    return mismatch(resolved(schema, definitions), value, definitions ?? {}, step + 1);
  }
  if (schema.const !== undefined && !same(schema.const, value)) return `it must be ${show(schema.const)}`;
  if (Array.isArray(schema.enum) && !schema.enum.some((allowed) => same(allowed, value))) {
    return `it must be one of ${schema.enum.map(show).join(', ')}`;
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  const fits = (one: JsonSchema) => mismatch(one, value, definitions ?? {}, step + 1) === undefined;
  if (alternatives !== undefined && !alternatives.some(fits)) {
    return `${show(value)} fits none of the allowed types`;
  }
  return typeMismatch(schema, value) ?? memberMismatch(schema, value, definitions ?? {});
}

function typeMismatch(schema: JsonSchema, value: unknown): string | undefined {
  if (schema.type === undefined) return undefined;
  const types = [schema.type].flat();
  return types.some((type) => isOfType(type, value)) ? undefined : `${show(value)} is not ${article(types)}`;
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
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

function memberMismatch(schema: JsonSchema, value: unknown, definitions: Definitions): string | undefined {
  if (Array.isArray(value)) {
    const { prefixItems = [], items } = schema;
    return firstMismatch(value.entries(), (index) => prefixItems[Number(index)] ?? items, definitions);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const missing = schema.required?.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${JSON.stringify(missing)} is missing`;
  const { properties = {}, additionalProperties } = schema;
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const schemaOf = (key: string | number) => (Object.hasOwn(properties, key) ? properties[key] : others);
  return firstMismatch(Object.entries(value), schemaOf, definitions);
}

function firstMismatch(
  members: Iterable<[string | number, unknown]>,
  schemaOf: (key: string | number) => JsonSchema | undefined,
  definitions: Definitions,
): string | undefined {
  for (const [key, member] of members) {
    const reason = mismatch(schemaOf(key) ?? {}, member, definitions);
    if (reason !== undefined) return `in ${JSON.stringify(key)}, ${reason}`;
  }
  return undefined;
}

function article(types: readonly string[]): string {
  return types.map((type) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)).join(' or ');
}

/** Whether two JSON values are the same. */
export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
