import { describe, expect, it } from 'vitest';
import type {
  EntrypointInfo,
  ParameterInfo,
  Project,
} from '../../../extension/src/server/protocol.generated';
import {
  entrypointFor,
  mayTakeSession,
  type Resumable,
  resumption,
  takesSession,
  withoutSession,
} from '../../../extension/src/sessions/resume';
import { CONFIG, summary } from './samples';

function parameter(name: string, changes: Partial<ParameterInfo> = {}): ParameterInfo {
  return {
    name,
    kind: 'positional_or_keyword',
    required: false,
    annotation: null,
    defaultText: null,
    description: null,
    schema: {},
    ...changes,
  };
}
const question = parameter('question', { required: true, annotation: 'str', schema: { type: 'string' } });
const PAIR = [parameter('session_id'), parameter('resume_from_step')];

function able(tag: string, ...parameters: ParameterInfo[]): Resumable {
  const streams = tag.endsWith('_stream');
  const info: EntrypointInfo = {
    tag,
    kind: 'python',
    streams,
    signature: '(…)',
    documentation: null,
    parameters,
    inputSchema: {},
  };
  return { configUri: CONFIG, tag, project: 'p', streams, info };
}
const ask = able('ask', question, ...PAIR);
const stream = able('ask_stream', question, ...PAIR);

describe('an entrypoint that can go on with a session', () => {
  it('takes the session and the step by name', () => {
    expect(takesSession(ask.info)).toBe(true);
    expect(takesSession(able('old', question, parameter('session_id')).info)).toBe(false);
    const [session, step] = PAIR as [ParameterInfo, ParameterInfo];
    expect(takesSession(able('odd', { ...session, kind: 'positional_only' }, step).info)).toBe(false);
  });

  it('is looked for only where its signature may say so', () => {
    const signatures = {
      greet: '(name: str)',
      ask: '(session_id=None)',
      unknown: undefined,
      twice: '(session_id)',
    };
    const entrypoints = Object.entries(signatures).map(([tag, signature]) => ({
      tag,
      kind: 'python' as const,
      streams: false,
      ...(signature === undefined ? {} : { signature }),
    }));
    const project = { entrypoints: [...entrypoints, ...entrypoints.slice(3)] } as unknown as Project;
    expect(mayTakeSession(project)).toEqual(['ask', 'unknown', 'twice']);
  });

  it('is the one that made the session, or the only one that streams', () => {
    const known = { tag: 'ask', inputs: { args: [], kwargs: {} } };
    expect(entrypointFor([ask, stream], known)).toBe(ask);
    expect(entrypointFor([ask, stream])).toBe(stream);
    expect(entrypointFor([ask, stream], { ...known, tag: 'gone' })).toBe(stream);
    expect(entrypointFor([ask])).toBe(ask);
    expect(entrypointFor([stream, able('other_stream', ...PAIR)])).toBeUndefined();
    expect(entrypointFor([])).toBeUndefined();
  });
});

describe('what is sent', () => {
  it('is what the run had that made the session, and where to go on', () => {
    const inputs = {
      args: [],
      kwargs: { question: 'Q', depth: 2, session_id: 'older', resume_from_step: 9 },
    };
    expect(resumption(ask, summary, 2, { tag: 'ask', inputs })).toEqual({
      inputs: {
        args: [],
        kwargs: { question: 'Q', depth: 2, session_id: summary.session, resume_from_step: 2 },
      },
      isWhole: true,
    });
    expect(resumption(ask, summary, null, { tag: 'ask', inputs }).inputs.kwargs).not.toHaveProperty(
      'resume_from_step',
    );
    const positional = { args: ['Q'], kwargs: {} };
    expect(resumption(ask, summary, null, { tag: 'ask', inputs: positional })).toEqual({
      inputs: { args: ['Q'], kwargs: { session_id: summary.session } },
      isWhole: true,
    });
  });

  it('is the question of the session where nobody remembers the run, if one text is all that is needed', () => {
    const known = { tag: 'other', inputs: { args: [], kwargs: { question: 'no' } } };
    expect(resumption(ask, summary, null, known)).toEqual({
      inputs: { args: [], kwargs: { question: summary.input, session_id: summary.session } },
      isWhole: true,
    });
  });

  it.each([
    [able('two', question, parameter('city', { required: true }), ...PAIR)],
    [
      able(
        'number',
        parameter('count', { required: true, annotation: 'int', schema: { type: 'integer' } }),
        ...PAIR,
      ),
    ],
  ])('is asked for where more is needed than is known', (entrypoint) => {
    expect(resumption(entrypoint, summary, 1)).toEqual({
      inputs: { args: [], kwargs: { session_id: summary.session, resume_from_step: 1 } },
      isWhole: false,
    });
  });

  it('is no part of what the next run begins with', () => {
    const kwargs = { question: 'Q', session_id: 's', resume_from_step: 1 };
    expect(withoutSession({ args: [1], kwargs })).toEqual({ args: [1], kwargs: { question: 'Q' } });
  });
});
