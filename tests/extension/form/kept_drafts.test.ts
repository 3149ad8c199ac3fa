import { describe, expect, it } from 'vitest';
import type { Draft } from '../../../extension/src/form/draft';
import { type Form, readForm, startForm, withDraft } from '../../../extension/src/form/form';
import { withUnsent } from '../../../extension/src/form/kept_drafts';
import type { ParameterInfo } from '../../../extension/src/server/protocol.generated';
import { entrypoint, parameter } from '../runs/parameters';

const INTEGER = { type: 'integer' };
const TEXT = { type: 'string' };
const typed: Draft = { alternative: 0, content: { kind: 'number', text: '12a' } };

function started(parameters: ParameterInfo[], inputs?: Parameters<typeof startForm>[1]): Form {
  const form = startForm(entrypoint(parameters), inputs);
  if (form === undefined) throw new Error('There is no form.');
  return form;
}

/** The form after the parameters have become others, as the page of a run makes it. */
function renewed(before: Form, parameters: ParameterInfo[]): Form {
  return withUnsent(started(parameters, readForm(before).inputs), before);
}

describe('what cannot be sent as it stands', () => {
  const before = withDraft(started([parameter('n', INTEGER), parameter('other', TEXT)]), 'n', typed);

  it('stays where its parameter does, and goes where it does', () => {
    expect(renewed(before, [parameter('new', TEXT), parameter('n', INTEGER)]).drafts.get('n')).toEqual(typed);
    expect([...renewed(before, [parameter('m', INTEGER)]).drafts.keys()]).toEqual(['m']);
  });

  it('goes along into another field for text', () => {
    const drafts = (schema: ParameterInfo['schema']) =>
      renewed(before, [parameter('n', schema)]).drafts.get('n');
    expect(drafts({ type: 'number', minimum: 3 })).toEqual(typed);
    expect(drafts({ anyOf: [{ type: 'boolean' }, TEXT, INTEGER] })).toEqual({ ...typed, alternative: 2 });
    expect(drafts(TEXT)).toEqual({ alternative: 0, content: { kind: 'text', text: '12a' } });
    expect(drafts({ type: 'boolean' })?.content).toEqual({ kind: 'boolean', on: false });
  });

  it('stays in a list and an object of the same type', () => {
    const list = { type: 'array', items: INTEGER };
    const items: Draft = { alternative: 0, content: { kind: 'list', items: [{ id: 0, draft: typed }] } };
    const form = withDraft(started([parameter('l', list)]), 'l', items);
    expect(renewed(form, [parameter('new', TEXT), parameter('l', list)]).drafts.get('l')).toEqual(items);
    const texts = renewed(form, [parameter('l', { type: 'array', items: TEXT })]).drafts.get('l');
    expect(texts?.content).toEqual({ kind: 'list', items: [] });
  });

  it('is not given twice when another parameter takes some of what one collects', () => {
    const rest = parameter('rest', { type: 'array', items: INTEGER }, { kind: 'var_positional' });
    const five: Draft = { alternative: 0, content: { kind: 'number', text: '5' } };
    const items = [five, typed].map((draft, id) => ({ id, draft }));
    const form = withDraft(started([rest]), 'rest', { alternative: 0, content: { kind: 'list', items } });
    const taken = renewed(form, [parameter('first', INTEGER), rest]);
    expect(readForm(taken).inputs.args).toEqual([5]);
    expect(renewed(form, [{ ...rest, description: 'all' }]).drafts.get('rest')).toEqual(
      form.drafts.get('rest'),
    );
  });
});

describe('what can be sent', () => {
  it('comes from the inputs alone', () => {
    const before = started([parameter('n', INTEGER)], { args: [], kwargs: { n: 5 } });
    const fresh = started([parameter('n', INTEGER)], { args: [], kwargs: { n: 6 } });
    expect(withUnsent(fresh, before)).toEqual(fresh);
  });
});
