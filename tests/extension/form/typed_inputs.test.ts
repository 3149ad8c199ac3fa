import { describe, expect, it } from 'vitest';
import { absent, type Draft } from '../../../extension/src/form/draft';
import { type Form, startForm, withDraft } from '../../../extension/src/form/form';
import { typedInputs } from '../../../extension/src/form/typed_inputs';
import type { EntrypointInfo } from '../../../extension/src/server/protocol.generated';
import { entrypoint, parameter } from '../runs/parameters';

const INTEGER = { type: 'integer' };

function opened(info: EntrypointInfo, args: unknown[] = [], kwargs: Record<string, unknown> = {}): Form {
  const form = startForm(info, { args, kwargs });
  if (form === undefined) throw new Error('There is no form.');
  return form;
}

function number(text: string): Draft {
  return { alternative: 0, content: { kind: 'number', text } };
}

describe('what is typed', () => {
  it('goes into JSON as text where it cannot be sent as it stands', () => {
    const form = opened(
      entrypoint([parameter('n', INTEGER), parameter('any', {}), parameter('left', INTEGER)]),
    );
    const big: Draft = { alternative: 0, content: { kind: 'any', text: '9007199254740993' } };
    expect(typedInputs(withDraft(withDraft(form, 'n', number('inf')), 'any', big))).toEqual({
      args: [],
      kwargs: { n: 'inf', any: '9007199254740993' },
    });
    const broken: Draft = { alternative: -1, content: { kind: 'json', text: '[1' } };
    expect(typedInputs(withDraft(form, 'n', broken)).kwargs).toEqual({ n: '[1' });
  });

  it('keeps its place in a list and among arguments by position', () => {
    const pair = { type: 'array', prefixItems: [INTEGER, INTEGER], minItems: 2, maxItems: 2 };
    const info = entrypoint([
      parameter('a', INTEGER, { kind: 'positional_only' }),
      parameter('b', INTEGER, { kind: 'positional_only' }),
      parameter('pair', pair, { kind: 'keyword_only' }),
    ]);
    const form = withDraft(opened(info, [1, 2]), 'a', absent());
    expect(typedInputs(form)).toEqual({ args: [null, 2], kwargs: { pair: [null, null] } });
    expect(typedInputs(withDraft(form, 'a', number('many'))).args).toEqual(['many', 2]);
  });

  it('is what would be sent where nothing is in the way', () => {
    const inputs = { args: [], kwargs: { n: 5, rest: [1, { a: null }], text: '5' } };
    const info = entrypoint([
      parameter('n', INTEGER),
      parameter('rest', {}),
      parameter('text', { type: 'string' }),
    ]);
    expect(typedInputs(opened(info, [], inputs.kwargs))).toEqual(inputs);
  });
});
