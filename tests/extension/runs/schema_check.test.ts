import { describe, expect, it } from 'vitest';
import { type JsonSchema, mismatch } from '../../../extension/src/runs/schema_check';

describe('mismatch', () => {
  it.each<[JsonSchema, unknown]>([
    [{}, Symbol.iterator],
    [{ type: 'object' }, {}],
    [{ type: ['string', 'null'] }, null],
    [{ enum: [1, [2]] }, [2]],
    [{ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] }, [1.5]],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, { a: 1 }],
    [{ type: 'something new' }, 1],
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
  ])('%j refuses %j', (schema, value, reason) => {
    expect(mismatch(schema, value)).toBe(reason);
  });
});
