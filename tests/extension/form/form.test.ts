import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, type Place } from '../../../extension/src/form/draft';
import { openForm, readForm } from '../../../extension/src/form/form';
import { inputsFromText, textFromInputs } from '../../../extension/src/form/inputs_text';
import { readDraft } from '../../../extension/src/form/reading';
import type { Inputs } from '../../../extension/src/runs/inputs';
import type { EntrypointInfo } from '../../../extension/src/server/protocol.generated';
import { entrypoint, parameter } from '../runs/parameters';
import { definitions, json, schema } from './schemas';

// Hundreds of forms take their time on a busy machine.

const KINDS = ['positional_only', 'positional_or_keyword', 'keyword_only'] as const;

/** Entrypoints as Python allows them: the kinds in their order, each name once. */
const entrypoints: fc.Arbitrary<EntrypointInfo> = fc
  .record({
    count: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
    schemas: fc.array(schema, { minLength: 9, maxLength: 9 }),
    required: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    rest: fc.boolean(),
    others: fc.boolean(),
  })
  .map(({ count, schemas, required, rest, others }) => {
    const kinds = KINDS.flatMap((kind, index) => new Array<typeof kind>(count[index] ?? 0).fill(kind));
    const own = kinds.map((kind, index) =>
      parameter(`p${index}`, { ...schemas[index] }, { kind, required: required[index] ?? true }),
    );
    const list = parameter('rest', { type: 'array', items: { ...schemas[8] } }, optional('var_positional'));
    const table = parameter(
      'others',
      { type: 'object', additionalProperties: true },
      optional('var_keyword'),
    );
    return entrypoint([...own, ...(rest ? [list] : []), ...(others ? [table] : [])]);
  });

function optional(kind: 'var_positional' | 'var_keyword') {
  return { kind, required: false };
}

const names = fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4', 'rest', 'others', 'x', '__proto__', 'args');
const inputs: fc.Arbitrary<Inputs> = fc.record({
  args: fc.array(json, { maxLength: 5 }),
  kwargs: fc.dictionary(names, json, { maxKeys: 5 }),
});

describe('any value of any schema', () => {
  it('comes back from its field as it was', () => {
    fc.assert(
      fc.property(schema, json, fc.boolean(), (anySchema, value, required) => {
        const place: Place = { schema: anySchema, definitions, required };
        const reading = readDraft(place, draftOf(place, value), ['x']);
        expect(reading.value).toEqual(value);
      }),
      { numRuns: 600 },
    );
  });
});

describe('any inputs of any entrypoint', () => {
  it('come back from the form as they were, or the form does not show them', () => {
    fc.assert(
      fc.property(entrypoints, inputs, (info, given) => {
        const form = openForm(info, given);
        const positional = info.parameters.filter(({ kind }) => /^positional/.test(kind)).length;
        const takesMore = info.parameters.some(({ kind }) => kind === 'var_positional');
        if (form === undefined) {
          expect(given.args.length > positional && !takesMore).toBe(true);
          return;
        }
        expect(readForm(form).inputs).toEqual(given);
      }),
      { numRuns: 600 },
    );
  });

  it('come back from JSON as they were', () => {
    fc.assert(
      fc.property(entrypoints, inputs, (info, given) => {
        expect(inputsFromText(info, textFromInputs(info, given))).toEqual({ inputs: given });
      }),
      { numRuns: 300 },
    );
  });
});
