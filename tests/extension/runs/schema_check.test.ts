import { describe, expect, it } from 'vitest';
import { type JsonSchema, mismatch } from '../../../extension/src/runs/schema_check';

/** A model that may hold itself, as the server describes it. */
const NODE: JsonSchema = {
  type: 'object',
  properties: { value: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } },
  required: ['value'],
};
const TREE: JsonSchema = { ...NODE, $defs: { Node: NODE } };

describe('mismatch', () => {
  it.each<[JsonSchema, unknown]>([
    [{}, Symbol.iterator],
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
    [TREE, { value: 1, next: { value: 2, next: null } }],
  ])('allows %j', (schema, value) => {
    expect(mismatch(schema, value)).toBeUndefined();
  });

  it.each<[JsonSchema, unknown, string]>([
    [{ type: 'string' }, null, 'null is not a string'],
    [{ type: 'object' }, [], '[] is not an object'],
    [{ type: 'integer' }, true, 'true is not an integer'],
    [{ const: 'a' }, 'b', 'it must be "a"'],
    [{ enum: ['a', 'b'] }, 'c', 'it must be one of "a", "b"'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1, '1 fits none of the allowed types'],
    [
      { type: 'object', additionalProperties: { type: 'integer' } },
      { a: 'x' },
      'in "a", "x" is not an integer',
    ],
    [{ type: 'array', prefixItems: [{ type: 'integer' }] }, ['a'], 'in 0, "a" is not an integer'],
    [TREE, {}, '"value" is missing'],
    [TREE, { value: 'a' }, 'in "value", "a" is not an integer'],
    [TREE, { value: 1, next: 5 }, 'in "next", 5 fits none of the allowed types'],
  ])('%j refuses %j', (schema, value, reason) => {
    expect(mismatch(schema, value)).toBe(reason);
  });
});
