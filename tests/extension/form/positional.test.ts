import { describe, expect, it } from 'vitest';
import { absent } from '../../../extension/src/form/draft';
import {
  type Form,
  openForm,
  readForm,
  startForm,
  withDraft,
  withStrangers,
} from '../../../extension/src/form/form';
import type { Inputs } from '../../../extension/src/runs/inputs';
import type { EntrypointInfo } from '../../../extension/src/server/protocol.generated';
import { entrypoint, parameter } from '../runs/parameters';

const INTEGER = { type: 'integer' };
const only = { kind: 'positional_only' } as const;
const named = { kind: 'keyword_only' } as const;
const list = { type: 'array', items: INTEGER };

const info = entrypoint([
  parameter('a', INTEGER, only),
  parameter('b', INTEGER, { ...only, required: false, defaultValue: 2, defaultText: '2' }),
  parameter('c', INTEGER, { required: false, defaultText: 'compute()' }),
  parameter('rest', list, { kind: 'var_positional', required: false }),
  parameter('d', INTEGER, { ...named, required: false }),
  parameter('others', { type: 'object' }, { kind: 'var_keyword', required: false }),
]);

function opened(entry: EntrypointInfo, inputs: Partial<Inputs>): Form {
  const form = openForm(entry, { args: [], kwargs: {}, ...inputs });
  if (form === undefined) throw new Error('There is no form.');
  return form;
}

/** The form with a number typed into a field. */
function typed(form: Form, name: string, text: string): Form {
  return withDraft(form, name, { alternative: 0, content: { kind: 'number', text } });
}

const problems = (form: Form) => readForm(form).problems.map(({ path, code }) => [path.join('.'), code]);

describe('arguments by position', () => {
  it('are those that have no other way, and those that were before', () => {
    expect(readForm(typed(opened(info, { args: [1] }), 'c', '3')).inputs).toEqual({
      args: [1],
      kwargs: { c: 3 },
    });
    expect(readForm(typed(opened(info, { args: [1, 2, 3] }), 'c', '4')).inputs).toEqual({
      args: [1, 2, 4],
      kwargs: {},
    });
  });

  it('fill what is left out between them with its default', () => {
    const form = opened(info, { args: [1, 5, 3, 9] });
    expect(readForm(withDraft(form, 'b', absent())).inputs).toEqual({ args: [1, 2, 3, 9], kwargs: {} });
  });

  it('need a value where the default is not known', () => {
    const form = withDraft(opened(info, { args: [1, 5, 3, 9] }), 'c', absent());
    expect(problems(form)).toEqual([['c', 'gap']]);
  });

  it('after a required one that is missing do not complain twice', () => {
    const form = withDraft(opened(info, { args: [1, 5] }), 'a', absent());
    expect(problems(form)).toEqual([['a', 'required']]);
  });

  it('must be a list when they are written as JSON', () => {
    const form = withDraft(opened(info, { args: [1] }), 'rest', {
      alternative: -1,
      content: { kind: 'json', text: '5' },
    });
    expect(problems(form)).toEqual([['rest', 'list']]);
  });
});

describe('arguments by name', () => {
  it('that stand for no parameter go where the signature takes them', () => {
    const form = opened(info, { args: [1], kwargs: { d: 1, x: 2, a: 3 } });
    expect(form.strangers.content.kind).toBe('absent');
    expect(readForm(form)).toEqual({
      inputs: { args: [1], kwargs: { d: 1, x: 2, a: 3 } },
      problems: [{ path: ['others', 'a'], code: 'doubleKey', values: ['a'], blocks: true }],
    });
  });

  it('must be an object when they are written as JSON', () => {
    const form = withDraft(opened(info, { args: [1] }), 'others', {
      alternative: -1,
      content: { kind: 'json', text: '[]' },
    });
    expect(problems(form)).toEqual([['others', 'object']]);
  });

  it('that nobody takes are kept apart until they are removed', () => {
    const form = opened(entrypoint([parameter('a', INTEGER)]), { kwargs: { a: 1, x: 2 } });
    expect(readForm(form).inputs).toEqual({ args: [], kwargs: { a: 1, x: 2 } });
    const emptied = withStrangers(form, { alternative: 0, content: { kind: 'object', members: [] } });
    expect(readForm(emptied).inputs).toEqual({ args: [], kwargs: { a: 1 } });
    expect(emptied.strangers).toEqual(absent());
  });
});

describe('a form', () => {
  it('is not there when the parameters are not known, or there are too few', () => {
    expect(startForm(entrypoint([], { signature: null }))).toBeUndefined();
    expect(startForm(entrypoint([], { kind: 'webhook' }))).toBeUndefined();
    expect(openForm(entrypoint([]), { args: [1], kwargs: {} })).toBeUndefined();
    expect(readForm(opened(entrypoint([]), {}))).toEqual({ inputs: { args: [], kwargs: {} }, problems: [] });
  });

  it('starts with what needs no answer beside what is given', () => {
    const entry = entrypoint([
      parameter('on', { type: 'boolean' }),
      parameter('all', list),
      parameter('n', INTEGER),
    ]);
    const form = startForm(entry, { args: [], kwargs: { all: [1] } });
    expect(form && readForm(form)).toEqual({
      inputs: { args: [], kwargs: { on: false, all: [1] } },
      problems: [{ path: ['n'], code: 'required', values: [], blocks: true }],
    });
  });
});
