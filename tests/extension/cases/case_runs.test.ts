import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CaseEnd, type CaseListener, CaseRuns } from '../../../extension/src/cases/case_runs';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import type { CaseResult, Requests } from '../../../extension/src/server/protocol.generated';
import { marked } from '../plain';
import { CONFIG, caseOf } from './samples';

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

/** What the editor's token does. */
class Token {
  isCancellationRequested = false;
  readonly #listeners = new Set<() => void>();
  onCancellationRequested = (listener: () => void) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  cancel(): void {
    this.isCancellationRequested = true;
    for (const listener of this.#listeners) listener();
  }
  get listeners(): number {
    return this.#listeners.size;
  }
}

const one = caseOf('greet', 'one');
const result = (state: 'completed' | 'failed' | 'cancelled'): CaseResult => ({
  passed: state === 'completed',
  failures: [],
  outcome: { runId: 'run-1', state, target: null, elapsedMs: 5, chunks: 0 },
});

/** These are over at once, unless the machine is busy. */
const LONG = { timeout: 60_000 };

let server: FakeServer;
let access: () => Promise<AgentServer>;
let token: Token;
let heard: unknown[];
let runs: CaseRuns;
const listener: CaseListener = {
  state: ({ state }) => heard.push(state),
  output: (items) => heard.push(items.map(({ text }) => text)),
};

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  access = async () => server;
  token = new Token();
  heard = [];
  let id = 0;
  runs = new CaseRuns({
    server: () => access(),
    serveOptions: async () => ({ interpreter: '/python' }),
    newRunId: () => {
      id += 1;
      return `run-${id}`;
    },
    translate: marked,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

async function started(): Promise<{ readonly end: Promise<CaseEnd>; readonly run: Sent }> {
  const end = runs.run(one, listener, token);
  await vi.waitFor(() => expect(server.sent).toHaveLength(1), LONG);
  return { end, run: server.sent[0] as Sent };
}

async function cancelled(): Promise<Sent> {
  token.cancel();
  await vi.waitFor(() => expect(server.sent).toHaveLength(2), LONG);
  return server.sent[1] as Sent;
}

describe('running a case', () => {
  it('sends it with how its agent is served, and answers the result', async () => {
    const { end, run } = await started();
    expect(run.method).toBe('runagent/cases/run');
    expect(run.params).toEqual({ runId: 'run-1', uri: one.uri, serve: { interpreter: '/python' } });
    run.answer(result('completed'));
    expect(await end).toEqual({ kind: 'judged', result: result('completed') });
    expect(token.listeners, 'nothing listens any more').toBe(0);
  });

  it('tells what its own run says, and acknowledges it', async () => {
    const { end, run } = await started();
    const items = [{ index: 0, atMs: 1, type: 'text' as const, text: 'Hello' }];
    runs.stateChanged({ runId: 'run-1', state: 'running', target: null });
    runs.stateChanged({ runId: 'other', state: 'waiting', target: null });
    runs.output({ runId: 'run-1', seq: 3, items });
    runs.output({ runId: 'other', seq: 4, items });
    expect(heard).toEqual(['running', ['Hello']]);
    expect(server.notified).toEqual([{ method: 'runagent/outputAck', runId: 'run-1', seq: 3 }]);
    run.answer(result('completed'));
    await end;
    runs.output({ runId: 'run-1', seq: 5, items });
    expect(heard).toHaveLength(2);
  });

  it('is known while it goes on', async () => {
    const { end, run } = await started();
    expect(runs.tagOf('run-1')).toBe('greet');
    const [active] = runs.activeOf(CONFIG);
    expect(runs.activeOf('file:///other')).toEqual([]);
    run.answer(result('completed'));
    await end;
    await expect(active?.ended).resolves.toMatchObject({ kind: 'judged' });
    expect(runs.activeOf(CONFIG)).toEqual([]);
    expect(runs.tagOf('run-1')).toBeUndefined();
  });

  it('says why when the server refuses, or is not there', async () => {
    const { end, run } = await started();
    run.refuse(new Error('There is no such case.'));
    expect(await end).toEqual({ kind: 'unknown', message: 'There is no such case.' });
    access = async () => {
      throw new Error('No Python was found.');
    };
    expect(await runs.run(one, listener, token)).toEqual({
      kind: 'unknown',
      message: 'No Python was found.',
    });
  });

  it('ends when the server stops', async () => {
    const { end } = await started();
    runs.serverStopped();
    expect(await end).toEqual({
      kind: 'unknown',
      message: '«The RunAgent server stopped while this case was running.»',
    });
  });
});

describe('cancelling a case', () => {
  it('tells what the server says of it, whichever of the two answers comes first', async () => {
    const { end, run } = await started();
    const cancel = await cancelled();
    expect(cancel).toMatchObject({ method: 'runagent/cancel', params: { runId: 'run-1' } });
    run.answer(result('cancelled'));
    await vi.advanceTimersByTimeAsync(5);
    cancel.answer({ found: true, stopped: true, message: 'It was stopped.' });
    expect(await end).toEqual({ kind: 'cancelled', message: 'It was stopped.' });
  });

  it('is too late for one that has ended', async () => {
    const { end, run } = await started();
    const cancel = await cancelled();
    run.answer(result('completed'));
    await vi.advanceTimersByTimeAsync(5);
    cancel.answer({ found: false, stopped: false, message: 'It was over.' });
    expect(await end).toMatchObject({ kind: 'judged' });
  });

  it('sends nothing while the server is not there yet', async () => {
    access = () => new Promise(() => undefined);
    const end = runs.run(one, listener, token);
    token.cancel();
    expect(await end).toEqual({ kind: 'cancelled', message: '«Nothing was sent.»' });
    expect(server.sent).toEqual([]);
  });

  it('waits for no answer longer than its limit', async () => {
    const { end } = await started();
    await cancelled();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await end).toEqual({
      kind: 'cancelled',
      message: '«Cancelling got no answer within 10 s. "RunAgent: Restart Language Server" ends it.»',
    });
  });
});
