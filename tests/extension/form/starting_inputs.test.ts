import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../extension/src/form/json_schema';
import { isWhole, startingInputs } from '../../../extension/src/form/starting_inputs';
import { entrypoint, parameter } from '../runs/parameters';

const USER: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    role: { enum: ['guest', 'owner'] },
    home: { $ref: '#/$defs/Home' },
    age: { type: 'integer', default: 30 },
    note: { type: 'string' },
  },
  required: ['name', 'role', 'home', 'age'],
  $defs: { Home: { type: 'object', properties: { street: { type: 'string' } }, required: ['street'] } },
};
const optional = { required: false };
const byName = entrypoint([
  parameter('name', { type: 'string' }),
  parameter('times', { type: 'integer' }, { ...optional, defaultValue: 2 }),
  parameter('clock', {}, { ...optional, defaultText: 'now()' }),
]);
const byPosition = entrypoint([
  parameter('x', {}, { kind: 'positional_only' }),
  parameter('y', {}, optional),
]);

describe('inputs to begin with', () => {
  it('hold what is needed and every default that is known', () => {
    expect(startingInputs(byName)).toEqual({ args: [], kwargs: { name: '', times: 2 } });
    expect(startingInputs(byPosition)).toEqual({ args: [''], kwargs: {} });
    expect(startingInputs(entrypoint([], { signature: null }))).toEqual({ args: [], kwargs: {} });
  });

  it('hold everything that an object needs', () => {
    const user = { name: '', role: 'guest', home: { street: '' }, age: 30 };
    expect(startingInputs(entrypoint([parameter('user', { ...USER })])).kwargs).toEqual({ user });
  });

  it.each<[JsonSchema, unknown]>([
    [{ type: 'number' }, 0],
    [{ type: 'boolean' }, false],
    [{ type: 'null' }, null],
    [{ type: 'array' }, []],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 0],
  ])('hold a blank for %j', (schema, value) => {
    expect(startingInputs(entrypoint([parameter('x', { ...schema })])).kwargs).toEqual({ x: value });
  });

  it('end with objects that need themselves', () => {
    const node: JsonSchema = {
      type: 'object',
      properties: { me: { $ref: '#/$defs/Node' } },
      required: ['me'],
    };
    const info = entrypoint([parameter('x', { ...node, $defs: { Node: node } })]);
    expect(JSON.stringify(startingInputs(info)).length).toBeLessThan(100);
  });
});

describe('inputs', () => {
  it.each([
    [byName, { args: [], kwargs: { name: 'Ada' } }, true],
    [byName, { args: ['Ada'], kwargs: {} }, true],
    [byName, { args: [], kwargs: { times: 1 } }, false],
    [byPosition, { args: [1], kwargs: { a: 2 } }, true],
    [byPosition, { args: [], kwargs: { x: 1 } }, false],
    [entrypoint([], { signature: null }), { args: [], kwargs: {} }, true],
  ])('are whole when nothing that is required lacks', (info, inputs, expected) => {
    expect(isWhole(info, inputs)).toBe(expected);
  });
});
