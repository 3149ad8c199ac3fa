import { describe, expect, it } from 'vitest';
import { fits, type JsonSchema } from '../../../extension/src/form/json_schema';

/** A model that may hold itself, as the server describes it. */
const NODE: JsonSchema = {
  type: 'object',
  properties: { value: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } },
  required: ['value'],
};
const DEFINITIONS = { Node: NODE };

const SELF: JsonSchema = { $ref: '#/$defs/Self' };

describe('a value', () => {
  it.each<[JsonSchema, unknown]>([
    [{}, null],
    [{ type: 'object' }, {}],
    [{ type: ['string', 'null'] }, null],
    [{ enum: [1, [2]] }, [2]],
    [{ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] }, [1.5]],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, { a: 1 }],
    [{ type: 'something new' }, 1],
    [{ type: 'array', prefixItems: [{ type: 'integer' }] }, [1, 'more']],
    [
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      { a: 1, b: 2 },
    ],
    [{ $ref: '#/$defs/Unheard' }, 1],
    [{ $ref: '#/$defs/toString' }, 1],
    [NODE, { value: 1, next: { value: 2, next: null } }],
    [SELF, 1],
  ])('fits %j: %j', (schema, value) => {
    expect(fits(schema, value, { ...DEFINITIONS, Self: { anyOf: [SELF, SELF] } })).toBe(true);
  });

  it.each<[JsonSchema, unknown]>([
    [{ type: 'string' }, null],
    [{ type: 'object' }, []],
    [{ type: 'integer' }, true],
    [{ type: 'integer' }, 1.5],
    [{ const: 'a' }, 'b'],
    [{ enum: ['a', 'b'] }, 'c'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, { a: 'x' }],
    [{ type: 'array', prefixItems: [{ type: 'integer' }] }, ['a']],
    [NODE, {}],
    [NODE, { value: 'a' }],
    [NODE, { value: 1, next: 5 }],
  ])('does not fit %j: %j', (schema, value) => {
    expect(fits(schema, value, DEFINITIONS)).toBe(false);
  });
});
