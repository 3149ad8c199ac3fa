import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, type ItemDraft, type Place } from '../../../extension/src/form/draft';
import type { JsonSchema } from '../../../extension/src/form/json_schema';
import { withItem, withItemMoved, withMember, withoutItem } from '../../../extension/src/form/parts';
import { pythonText } from '../../../extension/src/form/python_text';
import { readDraft } from '../../../extension/src/form/reading';
import { draftInState, stateIdOf, statesOf, stateText, unfolded } from '../../../extension/src/form/states';
import type { FormWords } from '../../../extension/src/form/words';
import { definitions, json, schema } from './schemas';

function place(of: JsonSchema, required: boolean): Place {
  return { schema: of, definitions, required };
}

const NUMBER_OR_TEXT: JsonSchema = { anyOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }] };

describe('the states of a place', () => {
  it.each<[JsonSchema, boolean, string[]]>([
    [{ type: 'string' }, true, ['text']],
    [{ type: 'string' }, false, ['absent', 'text']],
    [NUMBER_OR_TEXT, true, ['whole', 'text', 'null']],
    [{ anyOf: [{ type: 'string' }, {}] }, true, ['any']],
    [{ anyOf: [{ enum: ['a'] }, { type: 'null' }] }, false, ['choice']],
    [{ anyOf: [{ type: 'boolean' }, { type: 'null' }] }, false, ['choice']],
    [{ type: ['number', 'null'] }, true, ['number', 'null']],
    [{ $ref: '#/$defs/Node' }, true, ['object']],
    [{ $ref: '#/$defs/Loop' }, true, ['any']],
  ])('%j, required: %s', (of, required, labels) => {
    const at = place(of, required);
    expect(statesOf(at, draftOf(at, undefined)).map(({ label }) => label)).toEqual(labels);
  });

  it('has one for JSON while there is no field for the value', () => {
    const at = place({ type: 'integer' }, true);
    const draft = draftOf(at, 'text');
    expect(statesOf(at, draft).map(({ label }) => label)).toEqual(['whole', 'json']);
    expect(readDraft(at, draftInState(at, draft, '0'), []).problems).toMatchObject([{ code: 'required' }]);
  });

  it('keeps the alternative of what is left out, so that its field stays', () => {
    const at = place(NUMBER_OR_TEXT, false);
    const text = draftOf(at, 'five');
    const left = draftInState(at, text, 'absent');
    expect(left).toEqual({ alternative: 1, content: { kind: 'absent' } });
    expect(stateIdOf(at, left)).toBe('absent');
    expect(stateIdOf(place(NUMBER_OR_TEXT, true), left)).toBe('1');
  });

  it('begin with the default where they can show it', () => {
    const at = place({ type: 'boolean' }, false);
    const left = draftOf(at, undefined);
    expect(draftInState(at, left, '0', true).content).toEqual({ kind: 'boolean', on: true });
    expect(draftInState(at, left, '0').content).toEqual({ kind: 'boolean', on: false });
    const either = place(NUMBER_OR_TEXT, false);
    expect(draftInState(either, draftOf(either, undefined), '1', 'soon')).toEqual(draftOf(either, 'soon'));
    expect(draftInState(either, draftOf(either, undefined), '0', 'soon').content).toMatchObject({ text: '' });
    expect(draftInState(either, draftOf(either, 'now'), '1', 'soon')).toEqual(draftOf(either, 'now'));
  });

  it('say what the items of a list are', () => {
    const of = (items: JsonSchema) => ({ type: 'array', items });
    const at = place(
      { anyOf: [of({ type: 'integer' }), of({ $ref: '#/$defs/Node' }), of(of({})), of({})] },
      true,
    );
    const words = { kinds: { list: 'List', whole: 'Whole' }, kindOfItems: '{0} of {1}' } as FormWords;
    expect(statesOf(at, draftOf(at, undefined)).map((state) => stateText(state, '', words))).toEqual([
      'List of Whole',
      'List of Node',
      'List of List',
      'List',
    ]);
  });

  it('can be picked, each of them, whatever stands there', () => {
    fc.assert(
      fc.property(schema, json, fc.boolean(), (anySchema, value, required) => {
        const at = place(anySchema, required);
        const draft = draftOf(at, value);
        const states = statesOf(at, draft);
        const isChoice = states.length === 1;
        expect(isChoice || states.some(({ id }) => id === stateIdOf(at, draft))).toBe(true);
        for (const { id } of states) {
          const picked = draftInState(at, draft, id);
          readDraft(at, picked, ['x']);
          readDraft(at, unfolded(at, picked), ['x']);
          if (picked.content.kind !== 'absent') expect(stateIdOf(at, picked)).toBe(id);
        }
      }),
    );
  });
});

describe('the parts of a list', () => {
  const items = (...ids: number[]): ItemDraft[] =>
    ids.map((id) => ({ id, draft: draftOf(place({}, true), id) }));
  const ids = ({ items: moved }: { readonly items: readonly ItemDraft[] }) => moved.map(({ id }) => id);

  it('move, come and go', () => {
    expect(ids(withItemMoved(items(1, 2, 3), 1, 1))).toEqual([2, 1, 3]);
    expect(ids(withItemMoved(items(1, 2, 3), 1, -1))).toEqual([1, 2, 3]);
    expect(ids(withItemMoved(items(1, 2, 3), 3, 9))).toEqual([1, 2, 3]);
    expect(ids(withItemMoved(items(1, 2, 3), 7, 1))).toEqual([1, 2, 3]);
    expect(ids(withoutItem(items(1, 2, 3), 2))).toEqual([1, 3]);
    expect(ids(withItem(items(4, 2), draftOf(place({}, true), 0)))).toEqual([4, 2, 5]);
    expect(withMember([], 'a').members).toMatchObject([{ id: 0, name: 'a' }]);
  });
});

describe('a default inside of a type', () => {
  it.each([
    [null, 'None'],
    [[true, 1, 'a'], '[True, 1, "a"]'],
    [{ a: [false] }, '{"a": [False]}'],
  ])('%j is written as %s', (value, text) => {
    expect(pythonText(value)).toBe(text);
  });
});
