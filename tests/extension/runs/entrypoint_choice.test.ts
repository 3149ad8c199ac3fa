import { describe, expect, it } from 'vitest';
import {
  choicesFor,
  nothingToChoose,
  readInputs,
  readReference,
} from '../../../extension/src/runs/entrypoint_choice';
import type { Project } from '../../../extension/src/server/protocol.generated';
import { plain } from '../plain';

function project(name: string, ...tags: string[]): Project {
  return {
    configUri: `file:///${name}/runagent.config.json`,
    rootUri: `file:///${name}`,
    name,
    agentId: null,
    framework: null,
    entrypoints: tags.map((tag) => ({ tag, kind: 'python', streams: tag.endsWith('_stream') })),
  };
}

describe('choosing an entrypoint', () => {
  const projects = [project('a', 'run', 'run_stream'), project('b', 'chat_stream')];

  it('offers those that can be called that way', () => {
    expect(choicesFor(projects, { kind: 'run' }).map(({ tag }) => tag)).toEqual(['run']);
    expect(choicesFor(projects, { kind: 'stream' }).map(({ project: name, tag }) => [name, tag])).toEqual([
      ['a', 'run_stream'],
      ['b', 'chat_stream'],
    ]);
  });

  it.each([
    ['file:///b/runagent.config.json', ['chat_stream']],
    ['file:///b/src/main.py', ['chat_stream']],
    ['file:///b/inner/main.py', ['deep']],
    ['file:///bb/main.py', ['run', 'run_stream', 'chat_stream', 'deep']],
  ])('begins with the agent of the file that was open: %s', (fileUri, tags) => {
    const inner = { ...project('inner', 'deep'), rootUri: 'file:///b/inner/' };
    expect(choicesFor([...projects, inner], { fileUri }).map(({ tag }) => tag)).toEqual(tags);
  });

  it.each([
    [[], 'run', /no agent in this workspace/],
    [[project('a')], 'run', /no entrypoints yet/],
    [[project('a', 'run')], 'stream', /No entrypoint can stream/],
    [[project('a', 'run_stream')], 'run', /All entrypoints stream/],
  ] as const)('says what is missing', (some, kind, message) => {
    expect(nothingToChoose(some, kind, plain)).toMatch(message);
  });
});

describe('the argument of a lens', () => {
  it('names a config and a tag', () => {
    expect(readReference({ configUri: 'file:///a', tag: 't', more: 1 })).toEqual({
      configUri: 'file:///a',
      tag: 't',
    });
  });

  it.each([undefined, null, 'file:///a', { tag: 't' }, { configUri: 1, tag: 't' }])(
    'is not %j',
    (argument) => {
      expect(readReference(argument)).toBeUndefined();
    },
  );
});

describe('the inputs that come with a reference', () => {
  const reference = { configUri: 'file:///a/runagent.config.json', tag: 'run' };

  it('are taken whole', () => {
    const inputs = { args: [1], kwargs: { name: 'Ada' } };
    expect(readInputs({ ...reference, inputs })).toEqual(inputs);
  });

  it.each([
    undefined,
    'text',
    reference,
    { inputs: null },
    { inputs: { args: {}, kwargs: {} } },
    { inputs: { args: [], kwargs: [] } },
  ])('are none in %j', (argument) => {
    expect(readInputs(argument)).toBeUndefined();
  });
});
