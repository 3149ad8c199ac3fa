import { describe, expect, it } from 'vitest';
import {
  canAskOneByOne,
  choices,
  collect,
  expectation,
  inputsFromJson,
  inputsToJson,
  isWhole,
  readText,
  spread,
  startingInputs,
  textFor,
  withBlanks,
} from '../../../extension/src/runs/inputs';
import type { JsonSchema } from '../../../extension/src/runs/schema_check';
import { plain } from '../plain';
import { entrypoint, parameter } from './parameters';

const OPTIONAL = { required: false };
const NULLABLE_TEXT = { anyOf: [{ type: 'string' }, { type: 'null' }] };
const TEXT_OR_NUMBER = { anyOf: [{ type: 'integer' }, { type: 'string' }] };

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
const TEXT_OR_HOME: JsonSchema = {
  anyOf: [{ type: 'string' }, { $ref: '#/$defs/Home' }],
  $defs: USER.$defs ?? {},
};

describe('reading what was typed', () => {
  it.each<[JsonSchema, string, unknown]>([
    [{ type: 'string' }, 'Ada', 'Ada'],
    [{ type: 'string' }, '5', '5'],
    [{ type: 'string' }, '"Ada"', '"Ada"'],
    [{ type: 'string' }, '', ''],
    [NULLABLE_TEXT, 'null', 'null'],
    [{ type: 'integer' }, ' 5 ', 5],
    [{ type: 'integer' }, '5.0', 5],
    [{ type: 'number' }, '1e3', 1000],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'array', items: { type: 'integer' } }, '[1, 2]', [1, 2]],
    [{ type: 'object' }, '{"a": null}', { a: null }],
    [TEXT_OR_NUMBER, '5', 5],
    [TEXT_OR_NUMBER, 'five', 'five'],
    [TEXT_OR_NUMBER, '"5"', '5'],
    [{}, 'plain words', 'plain words'],
    [{}, '[1', '[1'],
    [{}, '5', 5],
    [{}, '"5"', '5'],
    [TEXT_OR_HOME, '{"street": "Elm"}', { street: 'Elm' }],
    [TEXT_OR_HOME, 'Elm', 'Elm'],
    [{ anyOf: [{ type: 'string' }, { enum: [1, 2] }] }, '2', 2],
  ])('%j takes %j as %j', (schema, text, value) => {
    expect(readText(parameter('x', schema as Record<string, unknown>), text, plain)).toEqual({
      kind: 'value',
      value,
    });
  });

  it.each<[JsonSchema, string, RegExp]>([
    [{ type: 'integer' }, 'five', /takes a whole number\.$/],
    [{ type: 'integer' }, '5.5', /5\.5 is not an integer/],
    [{ type: 'integer' }, '', /x is required: a whole number/],
    [{ type: 'array', items: { type: 'integer' } }, '[1, "b"]', /in 1, "b" is not an integer/],
    [{ type: 'array' }, '[1', /takes a JSON list/],
    [{ type: 'object' }, '[]', /takes a JSON object/],
    [USER, '{"nam": 1}', /"name" is missing/],
    [{}, ' ', /is required/],
  ])('%j does not take %j', (schema, text, message) => {
    const reading = readText(parameter('x', schema as Record<string, unknown>), text, plain);
    expect(reading).toEqual({ kind: 'wrong', message: expect.stringMatching(message) });
  });

  it('leaves out what is optional and empty', () => {
    for (const schema of [{ type: 'string' }, { type: 'integer' }, {}]) {
      expect(readText(parameter('x', schema, OPTIONAL), '', plain)).toEqual({ kind: 'left-out' });
    }
  });
});

describe('showing a value as text', () => {
  it.each<[JsonSchema, unknown]>([
    [{ type: 'string' }, '5'],
    [{ type: 'string' }, '"quoted"'],
    [{}, '5'],
    [{}, 'true'],
    [{}, 'plain'],
    [{}, 5],
    [{}, ''],
    [TEXT_OR_NUMBER, '5'],
    [TEXT_OR_NUMBER, 5],
    [{ type: 'array' }, [1, { a: 'b' }]],
    [{ type: 'number' }, 0.1],
    [NULLABLE_TEXT, 'null'],
  ])('%j and %j come back the same', (schema, value) => {
    const field = parameter('x', schema as Record<string, unknown>);
    expect(readText(field, textFor(field, value), plain)).toEqual({ kind: 'value', value });
  });
});

describe('fields', () => {
  it('offers the few values there are', () => {
    expect(choices(parameter('x', { enum: ['a', 'b'] }))).toEqual(['a', 'b']);
    expect(choices(parameter('x', { const: 1 }))).toEqual([1]);
    expect(choices(parameter('x', { anyOf: [{ enum: ['a'] }, { type: 'null' }] }))).toEqual(['a', null]);
    expect(choices(parameter('x', { anyOf: [{ enum: ['a'] }, { type: 'string' }] }))).toBeUndefined();
    expect(choices(parameter('x', { type: 'boolean' }))).toEqual([true, false]);
    expect(choices(parameter('x', { type: 'string' }))).toBeUndefined();
  });

  it('says what may be typed', () => {
    expect(expectation(TEXT_OR_NUMBER, plain)).toBe('a whole number or text');
    expect(expectation(NULLABLE_TEXT, plain)).toBe('text');
    expect(expectation({}, plain)).toMatch(/^text, or JSON/);
  });

  it('asks one by one only where the signature is known', () => {
    const everything = parameter('options', {}, { kind: 'var_keyword', required: false });
    expect(canAskOneByOne(entrypoint([parameter('name')]))).toBe(true);
    expect(canAskOneByOne(entrypoint([]))).toBe(true);
    expect(canAskOneByOne(entrypoint([everything]))).toBe(false);
    expect(canAskOneByOne(entrypoint([], { signature: null }))).toBe(false);
  });
});

describe('collecting', () => {
  const info = entrypoint([
    parameter('first', {}, { kind: 'positional_only' }),
    parameter('second', {}, { kind: 'positional_only', required: false }),
    parameter('third', {}, { kind: 'keyword_only' }),
  ]);

  it('puts each value where the call needs it, and back', () => {
    const values = new Map<string, unknown>([
      ['third', 3],
      ['first', 1],
    ]);
    const inputs = collect(info, values);
    expect(inputs).toEqual({ args: [1], kwargs: { third: 3 } });
    expect(spread(info, inputs)).toEqual(values);
  });
});

describe('inputs as JSON', () => {
  const byName = entrypoint([
    parameter('name', { type: 'string' }),
    parameter('times', {}, { required: false, defaultValue: 2 }),
  ]);
  const byPosition = entrypoint([parameter('x', {}, { kind: 'positional_only' })]);

  it('starts with defaults and blanks, or with what was used before', () => {
    expect(startingInputs(byName, undefined)).toEqual({ args: [], kwargs: { name: '', times: 2 } });
    const before = { args: [], kwargs: { name: 'Ada' } };
    expect(startingInputs(byName, before)).toBe(before);
  });

  it('starts an object with everything that it needs', () => {
    const info = entrypoint([parameter('user', { ...USER })]);
    const user = { name: '', role: 'guest', home: { street: '' }, age: 30 };
    expect(startingInputs(info, undefined)).toEqual({ args: [], kwargs: { user } });
  });

  it('ends with objects that need themselves', () => {
    const node: JsonSchema = {
      type: 'object',
      properties: { me: { $ref: '#/$defs/Node' } },
      required: ['me'],
    };
    const info = entrypoint([parameter('x', { ...node, $defs: { Node: node } })]);
    expect(JSON.stringify(startingInputs(info, undefined)).length).toBeLessThan(100);
  });

  it('keeps what was answered and leaves the rest to be filled in', () => {
    const answered = new Map<string, unknown>([['times', 5]]);
    expect(withBlanks(byName, answered)).toEqual({ args: [], kwargs: { name: '', times: 5 } });
  });

  it.each([
    [byName, { args: [], kwargs: { name: 'Ada' } }, true],
    [byName, { args: [], kwargs: { times: 1 } }, false],
    [byPosition, { args: [1], kwargs: { a: 2 } }, true],
    [byPosition, { args: [], kwargs: { a: 2 } }, false],
  ])('are whole when nothing that is required lacks', (info, inputs, expected) => {
    expect(isWhole(info, inputs)).toBe(expected);
  });

  it.each([
    [byName, { args: [], kwargs: { name: 'Ada' } }],
    [byPosition, { args: [1], kwargs: { a: 2 } }],
    [byName, { args: [1], kwargs: {} }],
  ])('comes back as it was', (info, inputs) => {
    expect(inputsFromJson(info, inputsToJson(info, inputs), plain)).toEqual({ inputs });
  });

  it('takes parameters named args and kwargs for what they are', () => {
    const text = '{"args": "--help", "kwargs": 1}';
    expect(inputsFromJson(byName, text, plain)).toEqual({
      inputs: { args: [], kwargs: { args: '--help', kwargs: 1 } },
    });
  });

  it.each([
    [byName, '{', /not JSON yet/],
    [byName, '[1]', /one JSON object/],
    [byName, 'null', /one JSON object/],
    [byPosition, '{"x": 1}', /positional arguments/],
  ])('says what is wrong', (info, text, problem) => {
    expect(inputsFromJson(info, text, plain)).toEqual({ problem: expect.stringMatching(problem) });
  });
});
