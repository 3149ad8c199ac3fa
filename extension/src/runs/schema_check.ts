/** The part of JSON Schema that the server writes for parameters. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
}

/**
 * Why `value` does not fit `schema`, in words, or undefined when it fits. What this check does not know it allows:
 * the agent has the last word.
 */
export function mismatch(schema: JsonSchema, value: unknown): string | undefined {
  if (schema.const !== undefined && !same(schema.const, value)) return `it must be ${show(schema.const)}`;
  if (Array.isArray(schema.enum) && !schema.enum.some((allowed) => same(allowed, value))) {
    return `it must be one of ${schema.enum.map(show).join(', ')}`;
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives?.every((alternative) => mismatch(alternative, value) !== undefined)) {
    return `${show(value)} fits none of the allowed types`;
  }
  return typeMismatch(schema, value) ?? memberMismatch(schema, value);
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

function memberMismatch(schema: JsonSchema, value: unknown): string | undefined {
  if (Array.isArray(value) && schema.items !== undefined) {
    return firstMismatch(schema.items, value.entries());
  }
  const members = schema.additionalProperties;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && typeof members === 'object') return firstMismatch(members, Object.entries(value));
  return undefined;
}

function firstMismatch(
  schema: JsonSchema,
  members: Iterable<[string | number, unknown]>,
): string | undefined {
  for (const [key, member] of members) {
    const reason = mismatch(schema, member);
    if (reason !== undefined) return `in ${JSON.stringify(key)}, ${reason}`;
  }
  return undefined;
}

function article(types: readonly string[]): string {
  return types.map((type) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)).join(' or ');
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
