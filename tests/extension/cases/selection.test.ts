import { describe, expect, it } from 'vitest';
import { type Selectable, selectedCases } from '../../../extension/src/cases/selection';

interface Item extends Selectable<Item> {
  readonly children: Map<string, Item>;
}

function item(id: string, parent?: Item, sortText = id): Item {
  const made: Item = { id, parent, sortText, children: new Map() };
  parent?.children.set(id, made);
  return made;
}

const agent = item('agent');
const greet = item('greet', agent, '1');
const polite = item('polite', greet);
const rude = item('rude', greet);
const divide = item('divide', agent, '2');
const half = item('half', divide);
const other = item('other');
const roots = new Map([
  ['agent', agent],
  ['other', other],
]);
const ids = (...values: Parameters<typeof selectedCases<Item>>) =>
  selectedCases(...values).map(({ id }) => id);

describe('the cases that a request means', () => {
  it('are all of them when nothing is included', () => {
    expect(ids(roots, undefined)).toEqual(['polite', 'rude', 'half']);
  });

  it('are those below what is included, each once, in the order of the tree', () => {
    expect(ids(roots, [half, greet, rude])).toEqual(['polite', 'rude', 'half']);
    expect(ids(roots, [divide])).toEqual(['half']);
    expect(ids(roots, [])).toEqual([]);
  });

  it('come as the tree shows them, however late they were found', () => {
    const late = item('late', divide, '0');
    expect(ids(roots, [divide])).toEqual(['late', 'half']);
    divide.children.delete(late.id);
  });

  it('are never those that are excluded or below it', () => {
    expect(ids(roots, undefined, [greet])).toEqual(['half']);
    expect(ids(roots, [agent], [rude])).toEqual(['polite', 'half']);
    expect(ids(roots, [polite], [greet])).toEqual([]);
  });

  it('are no agents that have none', () => {
    expect(ids(roots, [other])).toEqual([]);
  });
});
