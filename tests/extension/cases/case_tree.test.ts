import { describe, expect, it } from 'vitest';
import { type TestNode, testTree } from '../../../extension/src/cases/case_tree';
import { CONFIG, caseOf, project } from './samples';

const outline = (nodes: readonly TestNode[]): unknown[] =>
  nodes.map(({ label, children }) => (children.length > 0 ? [label, outline(children)] : label));

describe('the tree of saved cases', () => {
  it('puts cases under their entrypoints under their agents, numbers in their order', () => {
    const cases = [
      caseOf('greet', 'case 10'),
      caseOf('count_stream', 'three'),
      caseOf('greet', 'case 9'),
      caseOf('ask', 'why', { configUri: 'file:///p/a/runagent.config.json', uri: 'file:///p/a/why.json' }),
    ];
    const projects = [project(), project({ name: 'asker', configUri: 'file:///p/a/runagent.config.json' })];
    expect(outline(testTree(projects, cases))).toEqual([
      ['asker', [['ask', ['why']]]],
      [
        'hello-agent',
        [
          ['count_stream', ['three']],
          ['greet', ['case 9', 'case 10']],
        ],
      ],
    ]);
  });

  it('shows no agent and no entrypoint without cases', () => {
    expect(testTree([project()], [])).toEqual([]);
    expect(outline(testTree([project()], [caseOf('greet', 'one')]))).toEqual([
      ['hello-agent', [['greet', ['one']]]],
    ]);
  });

  it('keeps one id for each thing and opens its file', () => {
    const [agent] = testTree([project()], [caseOf('greet', 'one')]);
    const entrypoint = agent?.children[0];
    const one = entrypoint?.children[0];
    expect([agent?.id, entrypoint?.id, one?.id]).toEqual([CONFIG, `${CONFIG}#greet`, one?.uri]);
    expect([agent?.uri, entrypoint?.uri]).toEqual([CONFIG, CONFIG]);
    expect(one?.uri).toBe('file:///p/hello%20agent/.runagent/cases/greet/one.json');
  });

  it('tells cases of the same name apart', () => {
    const ids = testTree([project()], [caseOf('greet', 'one'), caseOf('count_stream', 'one')])
      .flatMap(({ children }) => children)
      .flatMap(({ children }) => children)
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it('says what is wrong with a case, and what it is about', () => {
    const broken = caseOf('greet', 'one', { problem: 'The file is empty.', description: 'Greets politely.' });
    const one = testTree([project()], [broken])[0]?.children[0]?.children[0];
    expect(one).toMatchObject({ problem: 'The file is empty.', description: 'Greets politely.' });
    const sound = testTree([project()], [caseOf('greet', 'one')])[0]?.children[0]?.children[0];
    expect(sound).not.toHaveProperty('problem');
  });

  it('marks streams and calls, for the filter', () => {
    const cases = [caseOf('greet', 'one'), caseOf('count_stream', 'two'), caseOf('gone', 'three')];
    const tags = testTree([project()], cases)[0]?.children.map(({ label, tags }) => [label, tags]);
    expect(tags).toEqual([
      ['count_stream', ['stream']],
      ['gone', []],
      ['greet', ['run']],
    ]);
  });

  it('names an agent that is not known by its folder', () => {
    expect(testTree([], [caseOf('greet', 'one')])[0]?.label).toBe('hello agent');
    const odd = caseOf('greet', 'one', { configUri: 'file:///p/%E0%A4%A/runagent.config.json' });
    expect(testTree([], [odd])[0]?.label).toBe('%E0%A4%A');
  });
});
