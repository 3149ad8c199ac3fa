import fc from 'fast-check';
import type { JsonSchema } from '../../../extension/src/form/json_schema';

/** What JSON can hold: no -0, which it writes as 0. */
export const json = fc.jsonValue({ maxDepth: 4 }).map((value): unknown => JSON.parse(JSON.stringify(value)));

/** What `$ref` of `schema` can name; one of them holds itself, one names only itself. */
export const definitions: Readonly<Record<string, JsonSchema>> = {
  Node: {
    title: 'Node',
    type: 'object',
    properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
    required: ['name'],
  },
  Loop: { $ref: '#/$defs/Loop' },
};

const formats = fc.constantFrom('date', 'date-time', 'time', 'uuid', 'password', 'binary', 'path');

/** Schemas as the server writes them, and some that it does not. */
export const schema: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<JsonSchema>(
      {},
      { type: 'string' },
      { type: 'integer' },
      { type: 'number', minimum: 0, maximum: 10 },
      { type: 'boolean' },
      { type: 'null' },
      { type: 'array' },
      { type: 'object' },
      { type: ['string', 'null'] },
      { type: 'no such type' },
      { const: 'only' },
      { $ref: '#/$defs/Node' },
      { $ref: '#/$defs/Loop' },
      { $ref: '#/$defs/Missing' },
    ),
    formats.map((format) => ({ type: 'string', format })),
    fc.record({ enum: fc.array(json, { maxLength: 4 }) }),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((first) => ({
      type: 'array',
      prefixItems: first,
      minItems: first.length,
      maxItems: first.length,
    })),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('schema') }),
    fc.dictionary(fc.constantFrom('a', 'b', 'name', '__proto__'), tie('schema'), { maxKeys: 3 }).map(
      (properties): JsonSchema => ({
        type: 'object',
        properties,
        required: Object.keys(properties).slice(1),
      }),
    ),
    fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }) }),
  ),
})).schema;
