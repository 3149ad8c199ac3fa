import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import type { ServerState, Session } from '../../../extension/src/server/controller';
import { ServerAccess } from '../../../extension/src/server/server_access';
import { plain } from '../plain';

type FakeServer = Session & AgentServer;

const interpreter = { executable: '/usr/bin/python3', version: '3.12.0', origin: 'the PATH' };
const session: FakeServer = {
  start: async () => undefined,
  stop: async () => undefined,
  request: () => Promise.reject(new Error('not asked for here')),
  notify: () => undefined,
};
const ready: ServerState<FakeServer> = { kind: 'ready', interpreter, session };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a command that needs the server', () => {
  it('waits until it is ready', async () => {
    const access = new ServerAccess<FakeServer>(plain);
    const waiting = access.ready();
    access.stateChanged({ kind: 'starting', interpreter });
    access.stateChanged(ready);
    await expect(waiting).resolves.toBe(session);
    await expect(access.ready()).resolves.toBe(session);
  });

  it('learns at once why there is none', async () => {
    const access = new ServerAccess<FakeServer>(plain);
    access.stateChanged({ kind: 'stopped', cause: 'no-python', message: 'no Python' });
    await expect(access.ready()).rejects.toMatchObject({ message: 'no Python', reason: 'no-python' });
  });

  it('does not wait for ever', async () => {
    const waiting = expect(new ServerAccess<FakeServer>(plain).ready(5000)).rejects.toThrow(
      'was not ready within 5 s',
    );
    await vi.advanceTimersByTimeAsync(5000);
    await waiting;
  });
});
