import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEnvironment, RunRequest } from '../../../extension/src/runs/run';
import { Runs } from '../../../extension/src/runs/runs';
import type { RunEvent } from '../../../extension/src/runs/view_model';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import type { Requests, RunError, RunOutcome } from '../../../extension/src/server/protocol.generated';
import { plain } from '../plain';

interface Sent {
  readonly method: string;
  readonly params: unknown;
  readonly answer: (result: unknown) => void;
  readonly refuse: (error: Error) => void;
}

class FakeServer implements AgentServer {
  readonly sent: Sent[] = [];
  readonly notified: unknown[] = [];
  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result']> {
    return new Promise((resolve, reject) => {
      this.sent.push({ method, params, answer: resolve as Sent['answer'], refuse: reject });
    });
  }
  notify(method: string, params: unknown): void {
    this.notified.push({ method, ...(params as object) });
  }
}

const request: RunRequest = {
  configUri: 'file:///p/runagent.config.json',
  project: 'p',
  tag: 'greet_stream',
  kind: 'stream',
  inputs: { args: [], kwargs: { name: 'Ada' } },
};

let server: FakeServer;
let access: () => Promise<AgentServer>;
let serveOptions: RunEnvironment['serveOptions'];
let events: RunEvent[];
let activity: boolean[];
let time: number;
let runs: Runs;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  access = async () => server;
  serveOptions = async () => undefined;
  events = [];
  activity = [];
  time = 1000;
  let id = 0;
  runs = new Runs(
    {
      server: () => access(),
      serveOptions: (request) => serveOptions(request),
      translate: plain,
      newRunId: () => {
        id += 1;
        return `run-${id}`;
      },
      now: () => time,
      changed: (_run, event) => events.push(event),
    },
    (isRunning) => activity.push(isRunning),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

const outcome = (more: Partial<RunOutcome> = {}): RunOutcome => ({
  runId: 'run-1',
  state: 'completed',
  target: null,
  elapsedMs: 5,
  chunks: 1,
  ...more,
});

async function started(more: Partial<RunRequest> = {}) {
  const run = runs.start({ ...request, ...more });
  await vi.advanceTimersByTimeAsync(0);
  return run;
}

describe('whether some run goes on', () => {
  it('is told with each start and each end', async () => {
    await started();
    await started({ tag: 'other_stream' });
    expect(activity).toEqual([true, true]);
    server.sent[0]?.answer(outcome());
    await vi.advanceTimersByTimeAsync(0);
    expect(activity).toEqual([true, true, true]);
    server.sent[1]?.answer(outcome({ runId: 'run-2', state: 'failed' }));
    await vi.advanceTimersByTimeAsync(0);
    expect(activity).toEqual([true, true, true, false]);
  });
});

describe('a run', () => {
  it('is sent in another way than was chosen where that is asked for', async () => {
    const address = { host: '127.0.0.1', port: 8451 };
    await started({ cloud: true, userId: 'ada', instead: { address, timeouts: { total: null } } });
    expect(server.sent[0]?.params).toMatchObject({ target: address, timeouts: { total: null } });
    expect(server.sent[0]?.params).not.toHaveProperty('userId');
  });

  it('sends what was asked for and ends with the answer', async () => {
    const run = await started();
    expect(server.sent[0]).toMatchObject({
      method: 'runagent/stream',
      params: { runId: 'run-1', configUri: request.configUri, tag: 'greet_stream', kwargs: { name: 'Ada' } },
    });
    expect(server.sent[0]?.params).not.toHaveProperty('args');
    runs.stateChanged({ runId: 'run-1', state: 'running', target: null });
    runs.output({ runId: 'run-1', seq: 0, items: [{ index: 0, atMs: 1, type: 'text', text: 'Hello' }] });
    expect(run.model).toMatchObject({ phase: 'running', pieces: 1 });
    expect(server.notified).toEqual([{ method: 'runagent/outputAck', runId: 'run-1', seq: 0 }]);
    server.sent[0]?.answer(outcome());
    await vi.advanceTimersByTimeAsync(0);
    await run.ended;
    expect(run.model.phase).toBe('completed');
    expect(await run.output.document(String)).toBe('Hello');
    expect(events.map(({ type }) => type)).toEqual(['state', 'output', 'finished']);
  });

  it('of a call shows its value, null too', async () => {
    const run = await started({ kind: 'run' });
    expect(server.sent[0]?.method).toBe('runagent/run');
    server.sent[0]?.answer(outcome({ value: null }));
    await vi.advanceTimersByTimeAsync(0);
    expect((await run.output.read(0, 9)).items).toMatchObject([{ kind: 'value', text: 'null' }]);
    expect(run.model.pieces).toBe(1);
  });

  it('sends positional arguments only where there are some', async () => {
    await started({ inputs: { args: [1], kwargs: {} } });
    expect(server.sent[0]?.params).toMatchObject({ args: [1] });
  });

  it('goes to the cloud and past the check of its inputs only when that was chosen', async () => {
    await started();
    expect(server.sent[0]?.params).not.toHaveProperty('target');
    expect(server.sent[0]?.params).not.toHaveProperty('validate');
    await started({ cloud: true, validate: false });
    expect(server.sent[1]?.params).toMatchObject({ target: { cloud: true }, validate: false });
  });

  it('asks to serve the agent first where it may be served', async () => {
    await started();
    expect(server.sent[0]?.params).not.toHaveProperty('serve');
    serveOptions = async ({ tag }) => ({ interpreter: `/python/of/${tag}` });
    await started();
    expect(server.sent[1]?.params).toMatchObject({ serve: { interpreter: '/python/of/greet_stream' } });
  });

  it('tells the steps of a start, until the agent is called', async () => {
    const run = await started();
    runs.stateChanged({ runId: 'run-1', state: 'serving', target: null, message: 'importing main.py' });
    expect(run.model).toMatchObject({ phase: 'serving', step: 'importing main.py' });
    runs.stateChanged({ runId: 'run-1', state: 'connecting', target: null });
    expect(run.model).toMatchObject({ phase: 'connecting', step: null });
  });

  it('counts its time from the click', async () => {
    const run = await started();
    time = 3500;
    expect(run.elapsedMs).toBe(2500);
    server.sent[0]?.answer(outcome({ elapsedMs: 2400 }));
    await vi.advanceTimersByTimeAsync(0);
    expect(run.elapsedMs).toBe(2400);
  });
});

describe('trouble', () => {
  it.each([
    ['no server', () => (access = () => Promise.reject(new Error('no Python'))), 'no Python'],
    ['a refusal', () => server.sent[0]?.refuse(new Error('unknown tag')), 'unknown tag'],
  ])('%s becomes the error of the run', async (_what, trouble, message) => {
    if (_what === 'no server') trouble();
    const run = await started();
    if (_what !== 'no server') trouble();
    await vi.advanceTimersByTimeAsync(0);
    expect(run.model).toMatchObject({ phase: 'failed', error: { message, action: 'show-logs' } });
  });

  it('a server that ends takes its runs with it, but not one that still waits for the next server', async () => {
    const going = await started();
    runs.stateChanged({ runId: 'run-1', state: 'running', target: null });
    access = () => new Promise(() => undefined);
    const waiting = await started({ tag: 'other' });
    runs.serverStopped();
    expect(going.model).toMatchObject({ phase: 'failed', error: { code: 'SERVER_STOPPED' } });
    expect(waiting.model.phase).toBe('preparing');
  });

  it('output of runs nobody knows is left alone', () => {
    runs.output({ runId: 'ghost', seq: 0, items: [] });
    runs.stateChanged({ runId: 'ghost', state: 'running', target: null });
    expect(events).toEqual([]);
  });
});

describe('an agent that nobody serves', () => {
  const error: RunError = {
    code: 'AGENT_NOT_FOUND_LOCAL',
    message: 'm',
    suggestion: 's',
    action: 'show-serve-command',
    details: null,
  };
  const named = {
    host: '127.0.0.1',
    port: 1,
    agentId: null,
    leavesMachine: false,
    cloud: false,
    address: '127.0.0.1:1',
    copiesToCloud: false,
  };

  it.each([
    ['is served by running again', {}, null, 'run-again'],
    ['is served by running again', {}, { ...named, source: 'registry' }, 'run-again'],
    ['is served elsewhere when an address is set', {}, { ...named, source: 'setting' }, 'show-serve-command'],
    ['cannot be served here', undefined, null, 'show-serve-command'],
  ] as const)('%s', async (_what, serve, target, action) => {
    serveOptions = async () => serve;
    const run = await started();
    server.sent[0]?.answer(outcome({ state: 'failed', error, target }));
    await vi.advanceTimersByTimeAsync(0);
    expect(run.model.error?.action).toBe(action);
  });
});

describe('cancelling', () => {
  it('asks the server once and waits for the end', async () => {
    const run = await started();
    void run.cancel();
    void run.cancel();
    expect(run.model.phase).toBe('cancelling');
    expect(server.sent.map(({ method }) => method)).toEqual(['runagent/stream', 'runagent/cancel']);
    server.sent[1]?.answer({ found: true, stopped: true, message: 'Stopped.' });
    server.sent[0]?.answer(outcome({ state: 'cancelled', stopped: true }));
    await vi.advanceTimersByTimeAsync(0);
    expect(run.model).toMatchObject({ phase: 'cancelled', notice: 'Stopped.' });
  });

  it('needs no server while the run has not been sent', async () => {
    let ready: (found: AgentServer) => void = () => undefined;
    access = () => new Promise((resolve) => (ready = resolve));
    const run = await started();
    await run.cancel();
    expect(run.model.phase).toBe('cancelled');
    ready(server);
    await vi.advanceTimersByTimeAsync(0);
    expect(server.sent).toEqual([]);
  });

  it('ends at once while the Python of the agent is still looked for', async () => {
    serveOptions = () => new Promise(() => undefined);
    const run = await started();
    await run.cancel();
    expect(run.model.phase).toBe('cancelled');
    expect(server.sent).toEqual([]);
  });

  it('says when the server does not answer', async () => {
    const run = await started();
    void run.cancel();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(run.model).toMatchObject({
      phase: 'cancelling',
      notice: expect.stringContaining('Restart Language Server'),
    });
  });
});

describe('the list of runs', () => {
  it('knows what is going on, by entrypoint', async () => {
    const run = await started();
    expect(runs.active()).toEqual([run]);
    expect(runs.activeOn(request)).toBe(run);
    expect(runs.activeOn({ ...request, tag: 'other' })).toBeUndefined();
    server.sent[0]?.answer(outcome());
    await vi.advanceTimersByTimeAsync(0);
    expect(runs.active()).toEqual([]);
  });

  it('keeps the newest of each entrypoint, for its inputs and its name in logs', async () => {
    const first = await started();
    server.sent[0]?.answer(outcome());
    await vi.advanceTimersByTimeAsync(0);
    expect(runs.latestOn(request)).toBe(first);
    const second = await started();
    expect(runs.latestOn(request)).toBe(second);
    expect(runs.latestOn({ ...request, tag: 'other' })).toBeUndefined();
    expect(runs.tagOf(second.id)).toBe('greet_stream');
    expect(runs.tagOf(first.id)).toBeUndefined();
  });
});
