import { describe, expect, it } from 'vitest';
import {
  AS_JSON,
  type Content,
  type Draft,
  draftOf,
  type Place,
  startingDraft,
} from '../../../extension/src/form/draft';
import type { JsonSchema } from '../../../extension/src/form/json_schema';
import type { Problem } from '../../../extension/src/form/problem';
import { kindOfText, readDraft } from '../../../extension/src/form/reading';
import { definitions } from './schemas';

function place(schema: JsonSchema, required = true): Place {
  return { schema, definitions, required };
}

function typed(kind: 'text' | 'number' | 'any' | 'json', text: string): Draft {
  return { alternative: kind === 'json' ? AS_JSON : 0, content: { kind, text } };
}

const codes = (problems: readonly Problem[]) => problems.map(({ code, blocks }) => [code, blocks]);
const INTEGER: JsonSchema = { type: 'integer' };

describe('a number', () => {
  it.each([
    ['5', 5],
    [' -7 ', -7],
    ['+3', 3],
    ['1_000', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['007', 7],
    ['9007199254740991', 9007199254740991],
    ['32482757467698430', 32482757467698430],
    ['0.1', 0.1],
  ])('%j is %d', (text, value) => {
    const reading = readDraft(place({ type: 'number' }), typed('number', text), ['x']);
    expect(reading).toEqual({ value, problems: [] });
  });

  it.each([
    ['five', 'number'],
    ['', 'required'],
    ['0x10', 'number'],
    ['1,5', 'number'],
    ['inf', 'notFinite'],
    ['-Infinity', 'notFinite'],
    ['NaN', 'notFinite'],
    ['9007199254740993', 'inexact'],
    ['1000000000000000000000', 'inexact'],
    ['1e400', 'inexact'],
  ])('%j is none that could be sent', (text, code) => {
    const reading = readDraft(place({ type: 'number' }), typed('number', text), ['x']);
    expect(reading.value).toBeUndefined();
    expect(codes(reading.problems)).toEqual([[code, true]]);
  });
});

describe('limits', () => {
  it.each<[JsonSchema, unknown, string[]]>([
    [INTEGER, 2.5, ['whole']],
    [INTEGER, 2, []],
    [{ type: 'number', minimum: 1, maximum: 3 }, 0, ['minimum']],
    [{ type: 'number', minimum: 1, maximum: 3 }, 1, []],
    [{ type: 'number', minimum: 1, maximum: 3 }, 4, ['maximum']],
    [{ type: 'number', exclusiveMinimum: 1 }, 1, ['exclusiveMinimum']],
    [{ type: 'number', exclusiveMaximum: 1 }, 1, ['exclusiveMaximum']],
    [{ type: 'integer', multipleOf: 2 }, 3, ['multipleOf']],
    [{ type: 'integer', multipleOf: 2 }, 4, []],
    [{ type: 'number', multipleOf: 0.1 }, 0.3, []],
    [{ type: 'string', minLength: 2 }, '🙂', ['minLength']],
    [{ type: 'string', minLength: 2 }, '🙂🙂', []],
    [{ type: 'string', maxLength: 1 }, '🙂', []],
    [{ type: 'string', maxLength: 1 }, 'ab', ['maxLength']],
    [{ type: 'array', minItems: 1 }, [], ['minItems']],
    [{ type: 'array', maxItems: 1 }, [1, 2], ['maxItems']],
    [{ type: 'string', format: 'date' }, '2026-02-28', []],
    [{ type: 'string', format: 'date' }, '2024-02-29', []],
    [{ type: 'string', format: 'date' }, '0004-02-29', []],
    [{ type: 'string', format: 'date' }, '2026-02-29', ['date']],
    [{ type: 'string', format: 'date' }, '20260228', []],
    [{ type: 'string', format: 'date' }, '2026-W09-1', []],
    [{ type: 'string', format: 'date' }, 'today', ['date']],
    [{ type: 'string', format: 'date-time' }, '2026-02-28T10:00:00.123456+02:00', []],
    [{ type: 'string', format: 'date-time' }, '2026-02-28 10:00', []],
    [{ type: 'string', format: 'date-time' }, '1772272800', []],
    [{ type: 'string', format: 'date-time' }, '2026-02-28Tnoon', ['date-time']],
    [{ type: 'string', format: 'time' }, '10:00:00Z', []],
    [{ type: 'string', format: 'time' }, 'noon', ['time']],
    [{ type: 'string', format: 'uuid' }, '123e4567-e89b-12d3-a456-426614174000', []],
    [{ type: 'string', format: 'uuid' }, '{123e4567e89b12d3a456426614174000}', []],
    [{ type: 'string', format: 'uuid' }, '123e4567', ['uuid']],
    [{ type: 'string', format: 'path' }, '\0', []],
  ])('%j with %j', (schema, value, expected) => {
    const reading = readDraft(place(schema), draftOf(place(schema), value), ['x']);
    expect(reading.value).toEqual(value);
    expect(codes(reading.problems)).toEqual(expected.map((code) => [code, false]));
  });
});

describe('what is not given', () => {
  const home: JsonSchema = {
    type: 'object',
    properties: { street: { type: 'string' }, zip: INTEGER },
    required: ['street'],
  };

  it('is missing only where it is needed', () => {
    const nothing: Draft = { alternative: 0, content: { kind: 'absent' } };
    expect(codes(readDraft(place(INTEGER), nothing, ['x']).problems)).toEqual([['required', true]]);
    expect(readDraft(place(INTEGER, false), nothing, ['x'])).toEqual({ problems: [] });
    const reading = readDraft(place(home), draftOf(place(home), {}), ['x']);
    expect(reading).toEqual({
      value: {},
      problems: [{ path: ['x', 'street'], code: 'required', values: [], blocks: true }],
    });
  });

  it.each<[JsonSchema, Content]>([
    [{ type: 'string' }, { kind: 'absent' }],
    [INTEGER, { kind: 'absent' }],
    [{ type: 'boolean' }, { kind: 'boolean', on: false }],
    [{ enum: ['only'] }, { kind: 'choice', value: 'only' }],
    [{ enum: ['a', 'b'] }, { kind: 'absent' }],
    [{ type: 'array' }, { kind: 'list', items: [] }],
    [{ type: 'object' }, { kind: 'object', members: [] }],
    [{}, { kind: 'absent' }],
  ])('%j starts with what needs no answer', (schema, content) => {
    expect(startingDraft(place(schema))).toEqual({ alternative: 0, content });
    expect(startingDraft(place(schema, false))).toEqual({ alternative: 0, content: { kind: 'absent' } });
  });

  it('starts what holds itself without an end', () => {
    const self: JsonSchema = { type: 'object', properties: { me: { $ref: '#/$defs/Me' } }, required: ['me'] };
    const start = startingDraft({ schema: self, definitions: { Me: self }, required: true });
    expect(JSON.stringify(start).length).toBeLessThan(1000);
  });
});

describe('what the form has no field for', () => {
  it('is JSON', () => {
    const schema: JsonSchema = { type: 'array', items: INTEGER };
    for (const value of ['text', { a: 1 }, new Array(500).fill(1)]) {
      const draft = draftOf(place(schema), value);
      expect(draft.alternative).toBe(AS_JSON);
      expect(readDraft(place(schema), draft, ['x']).value).toEqual(value);
    }
    const broken = readDraft(place(schema), typed('json', '[1'), ['x']);
    expect(codes(broken.problems)).toEqual([['json', true]]);
    const inexact = readDraft(place(schema), typed('json', '[9007199254740993]'), ['x']);
    expect(codes(inexact.problems)).toEqual([['inexact', true]]);
  });

  it('is JSON from some depth on', () => {
    let value: unknown = 'bottom';
    for (let depth = 0; depth < 3000; depth++) value = [value];
    const list: JsonSchema = { type: 'array', items: { $ref: '#/$defs/List' } };
    const deep: Place = { schema: list, definitions: { List: list }, required: true };
    expect(readDraft(deep, draftOf(deep, value), ['x']).value).toEqual(value);
  });
});

describe('a list that lacks a value', () => {
  it('is not called too short', () => {
    const pair: JsonSchema = { type: 'array', prefixItems: [INTEGER, INTEGER], minItems: 2, maxItems: 2 };
    const reading = readDraft(place(pair), startingDraft(place(pair)), ['x']);
    expect(reading.problems.map(({ path, code }) => [path, code])).toEqual([
      [['x', 0], 'required'],
      [['x', 1], 'required'],
    ]);
  });
});

describe('text without a type', () => {
  it.each([
    ['words', 'text'],
    ['5', 'number'],
    ['"5"', 'text'],
    ['true', 'boolean'],
    ['null', 'null'],
    ['[]', 'list'],
    ['{}', 'object'],
    ['{', 'text'],
    ['', 'text'],
  ])('%j is %s', (text, kind) => {
    expect(kindOfText(text)).toBe(kind);
  });
});
