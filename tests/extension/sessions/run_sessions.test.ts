import { beforeEach, describe, expect, it } from 'vitest';
import type { Chunk } from '../../../extension/src/output/chunk';
import { chunkOf } from '../../../extension/src/output/chunk';
import { Run } from '../../../extension/src/runs/run';
import type { RunEvent } from '../../../extension/src/runs/view_model';
import { sessionIn } from '../../../extension/src/sessions/run_session';
import { RunSessions } from '../../../extension/src/sessions/run_sessions';
import { plain } from '../plain';
import { AskedServer, settled } from './asked_server';
import { CONFIG, summary } from './samples';

const started = { type: 'session_started', session: 's-1', seq: 0, step: 0, at: 1, trace: 'agent_runtime/1' };
const resumed = { type: 'session_resumed', session: 's-2', seq: 7, step: 2, at: 1 };
const piece = (value: unknown): Chunk => chunkOf({ index: 0, atMs: 0, type: 'value', value });

describe('the session that a piece of output tells of', () => {
  it('begins or goes on', () => {
    expect(sessionIn(piece(started))).toEqual({ session: 's-1', event: { seq: 0, at: 1 } });
    expect(sessionIn(piece(resumed))).toEqual({ session: 's-2', event: { seq: 7, at: 1 } });
    expect(sessionIn(piece({ ...started, at: null }))).toEqual({ session: 's-1' });
  });

  it('is the last of those in a list, also where that is a part of a result', () => {
    expect(sessionIn(piece([started, { type: 'thought' }, resumed]))?.session).toBe('s-2');
    expect(sessionIn(piece({ answer: '6', trace: [started] }))?.session).toBe('s-1');
  });

  it.each([
    [piece({ ...started, type: 'session_ended' })],
    [piece({ type: 'session_started', session: 's' })],
    [piece({ ...started, session: 7 })],
    [piece([null, 'session_started'])],
    [piece('{"type":"session_started"}')],
    [{ ...piece(started), text: `${piece(started).text.slice(0, 30)}` }],
    [{ ...piece(started), wholeLength: 9_000_000 }],
    [chunkOf({ index: 0, atMs: 0, type: 'text', text: JSON.stringify(started) })],
  ] as [Chunk][])('is none in %j', (chunk) => {
    expect(sessionIn(chunk)).toBeUndefined();
  });
});

describe('the sessions of runs', () => {
  let server: AskedServer;
  let told: (string | undefined)[];
  let sessions: RunSessions;
  let run: Run;

  const inputs = { args: [], kwargs: { question: 'Q' } };
  const output = (...items: Chunk[]): RunEvent => ({ type: 'output', seq: 0, items });
  const finished = (value?: Chunk): RunEvent => ({
    type: 'finished',
    outcome: { runId: 'r', state: 'failed', target: null, elapsedMs: 1, chunks: 1 },
    ...(value === undefined ? {} : { value }),
  });

  beforeEach(() => {
    server = new AskedServer();
    told = [];
    sessions = new RunSessions(
      async () => server,
      ({ session }) => told.push(session?.state ?? session?.session),
    );
    const environment = {
      server: async () => server,
      serveOptions: async () => undefined,
      newRunId: () => 'r',
      translate: plain,
      now: () => 0,
      changed: () => undefined,
    };
    run = new Run({ configUri: CONFIG, project: 'p', tag: 'ask', kind: 'run', inputs }, environment);
  });

  it('are known while a run goes on, with what it was given', () => {
    sessions.happened(run, output(piece(started), piece({ type: 'thought' })));
    expect(run.session).toMatchObject({ session: 's-1', state: null });
    expect(sessions.runOf(CONFIG, 's-1')).toEqual({ tag: 'ask', inputs });
    expect(sessions.runOf('file:///other.json', 's-1')).toBeUndefined();
    sessions.happened(run, output(piece(started)));
    expect(told).toEqual(['s-1']);
  });

  it('are looked at when the run is over, whether they were interrupted', async () => {
    sessions.happened(run, output(piece(started)));
    sessions.happened(run, finished());
    await settled();
    await server.answer({ events: [started], next: null });
    expect(server.waiting[0]).toMatchObject({
      method: 'runagent/sessions/get',
      params: { configUri: CONFIG, session: 's-1' },
    });
    await server.answer({ session: { ...summary, state: 'interrupted' } });
    expect(run.session).toMatchObject({ session: 's-1', state: 'interrupted' });
    expect(told).toEqual(['s-1', 'interrupted']);
  });

  it('are those of the store that the run has worked with, where both have one of the id', async () => {
    sessions.happened(run, output(piece(resumed)));
    sessions.happened(run, finished());
    await settled();
    const place = { configUri: CONFIG, session: 's-2' };
    expect(server.waiting[0]).toMatchObject({
      method: 'runagent/sessions/events',
      params: { ...place, store: 'file', after: 6, limit: 1 },
    });
    await server.answer({ events: [{ ...resumed, at: 1000 }], next: 7 });
    expect(server.waiting[0]?.params).toMatchObject({ ...place, store: 'sqlite' });
    await server.answer({ events: [resumed], next: 7 });
    expect(server.waiting[0]).toMatchObject({
      method: 'runagent/sessions/get',
      params: { ...place, store: 'sqlite' },
    });
    await server.answer({ session: { ...summary, state: 'ended', store: 'sqlite' } });
    expect(run.session).toMatchObject({ session: 's-2', state: 'ended' });
  });

  it('are looked for by their id alone where no store has what the run told', async () => {
    sessions.happened(run, output(piece(started)));
    sessions.happened(run, finished());
    await settled();
    await server.answer({ events: [], next: null });
    await server.refuse('There is no session s-1.');
    expect(server.waiting[0]?.params).toEqual({ configUri: CONFIG, session: 's-1' });
  });

  it('are found in the result of a call', async () => {
    sessions.happened(run, finished(piece({ trace: [started] })));
    await settled();
    await server.answer({ events: [started], next: null });
    await server.answer({ session: { ...summary, state: 'ended' } });
    expect(run.session).toMatchObject({ session: 's-1', state: 'ended' });
  });

  it('are found by the name that a result has for its own, if there is one of that name', async () => {
    sessions.happened(run, finished(piece({ answer: '6', session: 's-9' })));
    expect(run.session).toBeNull();
    await settled();
    await server.answer({ session: { ...summary, state: 'ended' } });
    expect(run.session).toEqual({ session: 's-9', state: 'ended' });
    expect(sessions.runOf(CONFIG, 's-9')).toEqual({ tag: 'ask', inputs });
  });

  it('are none where a result means something else by that word', async () => {
    sessions.happened(run, finished(piece({ session: 'morning' })));
    await settled();
    await server.refuse('There is no session morning.');
    sessions.happened(run, finished(piece({ session: 7 })));
    sessions.happened(run, finished(piece(['"session"'])));
    await settled();
    expect(server.waiting).toEqual([]);
    expect(told).toEqual([]);
  });

  it('are no longer offered when the agent keeps none', async () => {
    sessions.happened(run, output(piece(started)));
    sessions.happened(run, finished());
    await settled();
    for (let asked = 0; asked < 3; asked += 1) await server.refuse('There is no session s-1.');
    expect(run.session).toBeNull();
    expect(told).toEqual(['s-1', undefined]);
  });

  it('are forgotten after very many others', () => {
    for (let number = 0; number <= 500; number += 1) {
      sessions.happened(run, output(piece({ ...started, session: `s${number}` })));
    }
    expect(sessions.runOf(CONFIG, 's0')).toBeUndefined();
    expect(sessions.runOf(CONFIG, 's1')).toBeDefined();
    expect(sessions.runOf(CONFIG, 's500')).toBeDefined();
  });
});
