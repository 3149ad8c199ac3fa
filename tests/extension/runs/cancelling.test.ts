import { describe, expect, it } from 'vitest';
import { cancelStored } from '../../../extension/src/runs/cancelling';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import { plain } from '../plain';

const stored = { runId: 'r1', tag: 'greet' };
const none = { activeWithId: () => undefined };
const ELSEWHERE = 'greet was started in another window or in a terminal: it can be cancelled there.';

function asked(answer: unknown): { readonly server: AgentServer; readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  const request = (...call: unknown[]) => {
    calls.push(call);
    return Promise.resolve(answer);
  };
  return { server: { request, notify: () => undefined } as unknown as AgentServer, calls };
}

describe('a run of the history that goes on', () => {
  it('is cancelled as its page would when this window has started it', async () => {
    const cancelled: string[] = [];
    const own = {
      cancel: () => {
        cancelled.push('own');
        return Promise.resolve();
      },
    };
    const { server, calls } = asked({});
    const runs = { activeWithId: (id: string) => (id === 'r1' ? own : undefined) };
    expect(await cancelStored(stored, runs, server, plain)).toBeUndefined();
    expect([cancelled, calls]).toEqual([['own'], []]);
  });

  it('is ended by its language server when no page shows it', async () => {
    const { server, calls } = asked({ found: true, stopped: true, message: 'It has ended.' });
    expect(await cancelStored(stored, none, server, plain)).toBe('It has ended.');
    expect(calls).toEqual([['runagent/cancel', { runId: 'r1' }]]);
  });

  it('is left to whoever has started it, and that is said', async () => {
    const { server } = asked({ found: false, stopped: false, message: 'There is no such run.' });
    expect(await cancelStored(stored, none, server, plain)).toBe(ELSEWHERE);
    expect(await cancelStored({ ...stored, runId: null }, none, server, plain)).toBe(ELSEWHERE);
  });

  it('is not said to be elsewhere when nobody answers', async () => {
    const server = { request: () => Promise.reject(new Error('gone')) } as unknown as AgentServer;
    await expect(cancelStored(stored, none, server, plain)).rejects.toThrow('gone');
  });
});
