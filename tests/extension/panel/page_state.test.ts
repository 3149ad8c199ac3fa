import { describe, expect, it } from 'vitest';
import { pageState, readPageState } from '../../../extension/src/panel/page_state';
import { content } from './contents';

describe('the state of a page', () => {
  it('comes back as it was kept', () => {
    const shown = { ...content, options: { userId: 'ada' }, historyId: 'h1', caseUri: 'file:///c.json' };
    const state = pageState(shown, { args: [1], kwargs: { topic: 'tea' } }, 'events');
    expect(readPageState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    expect(state).toMatchObject({ tag: 'story_stream', inputs: { args: [1], kwargs: { topic: 'tea' } } });
  });

  it('holds no secrets and no output', () => {
    const inputs = {
      args: [],
      kwargs: { topic: 'tea', api_key: 'k-1', user: { password: 'p-1', name: 'Ada' } },
    };
    const text = JSON.stringify(pageState(content, inputs, 'events'));
    expect(text).toContain('Ada');
    expect(text).not.toMatch(/k-1|p-1/);
    expect(Object.keys(JSON.parse(text)).sort()).toEqual([
      'caseUri',
      'configUri',
      'historyId',
      'inputs',
      'kind',
      'options',
      'project',
      'tag',
      'view',
    ]);
  });

  it('is made of what there is when another version has kept it', () => {
    expect(readPageState({ configUri: 'file:///p/c.json', tag: 'greet', inputs: [], options: 7 })).toEqual({
      configUri: 'file:///p/c.json',
      tag: 'greet',
      project: '',
      kind: 'run',
      inputs: { args: [], kwargs: {} },
      options: {},
      historyId: null,
      caseUri: null,
      view: null,
    });
    for (const value of [undefined, null, 'x', {}, { tag: 'greet' }]) {
      expect(readPageState(value)).toBeUndefined();
    }
  });
});
