import { describe, expect, it } from 'vitest';
import {
  candidateRows,
  freeName,
  nameProblem,
  placeIn,
  templateRows,
} from '../../../extension/src/agents/new_agent';
import { marked, plain } from '../plain';

describe('the place of a new agent', () => {
  it('is the folder itself when nothing but hidden files is there', () => {
    expect(placeIn([])).toBe('here');
    expect(placeIn(['.git', '.vscode'])).toBe('here');
    expect(placeIn(['.git', 'README.md'])).toBe('below');
  });
});

describe('the name of a new agent', () => {
  it('is proposed as one that is free, however it is written', () => {
    expect(freeName([])).toBe('my-agent');
    expect(freeName(['My-Agent', 'my-agent-2'])).toBe('my-agent-3');
  });

  it('may be anything in a folder that is there', () => {
    for (const name of ['a/b', 'Zoë: 1', '.x']) expect(nameProblem(name, 'here', [], plain)).toBeUndefined();
    expect(nameProblem('  ', 'here', [], plain)).toBe('An agent needs a name.');
  });

  it('must be one for a folder, and a new one, where a folder is made', () => {
    for (const name of ['agent', 'my agent', 'Zoë_1', ' spaced ']) {
      expect(nameProblem(name, 'below', ['other'], plain)).toBeUndefined();
    }
    for (const name of ['a/b', 'a\\b', 'c:', '..', '.hidden', 'dot.', 'ta\tb', 'what?']) {
      expect(nameProblem(name, 'below', [], plain), name).toContain('A folder cannot be called');
    }
    expect(nameProblem(' Other', 'below', ['other'], plain)).toBe('Other is there already.');
  });
});

describe('what can be chosen', () => {
  it('has a row for each template of the protocol', () => {
    const rows = templateRows(marked);
    expect(rows.map(({ template }) => template)).toEqual(['basic', 'conversation', 'react']);
    for (const { label, detail } of rows) expect(label + detail).toMatch(/^«.+»«.+»$/);
  });

  it('shows functions as Python has them, the suggested ones checked', () => {
    const candidate = {
      file: 'src/main.py',
      module: 'greet',
      tag: 'greet',
      signature: '(name: str)',
      documentation: 'Say hello.',
      suggested: true,
    };
    const bare = { ...candidate, documentation: '', suggested: false };
    expect(candidateRows([candidate, bare], plain)).toEqual([
      {
        label: 'greet(name: str)',
        description: 'src/main.py',
        detail: 'as greet · Say hello.',
        picked: true,
        candidate,
      },
      {
        label: 'greet(name: str)',
        description: 'src/main.py',
        detail: 'as greet',
        picked: false,
        candidate: bare,
      },
    ]);
  });
});
