import { describe, expect, it } from 'vitest';
import { pastRun } from '../../../extension/src/runs/past_run';
import type { Run } from '../../../extension/src/runs/run';
import { Runs } from '../../../extension/src/runs/runs';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import type { HistoryRun, OutputItem } from '../../../extension/src/server/protocol.generated';
import { storedRun, summary } from '../history/samples';
import { plain } from '../plain';

const entrypoint = { configUri: 'file:///p/runagent.config.json', tag: 'greet', project: 'p' };

/** Reads a stored run page by page from a server that has it. */
function read(...pages: HistoryRun[]): Promise<Run | undefined> {
  const asked: unknown[] = [];
  const server = {
    request: async (_method: string, params: unknown) => {
      asked.push(params);
      return pages[asked.length - 1];
    },
    notify: () => {
      throw new Error('a run of the past acknowledges nothing');
    },
  } as unknown as AgentServer;
  const runs = new Runs({
    server: async () => server,
    serveOptions: async () => undefined,
    newRunId: () => 'past-1',
    translate: plain,
    now: () => 0,
    changed: () => undefined,
  });
  return pastRun(server, 'h1', entrypoint, runs, plain);
}

const piece = (index: number, text: string): OutputItem => ({ index, atMs: index * 10, type: 'text', text });

describe('a run of the history', () => {
  it('is as it was when it ended', async () => {
    const run = await read(storedRun({ kwargs: { name: 'Ada' }, value: { text: 'Hello' } }));
    expect(run?.model).toMatchObject({ phase: 'completed', elapsedMs: 850, kind: 'run' });
    expect(run?.request.inputs).toEqual({ args: [], kwargs: { name: 'Ada' } });
    expect(run?.historyId).toBe('h1');
    expect(run?.isOver).toBe(true);
  });

  it('has all its output, however many pages that takes', async () => {
    const stream = summary({ kind: 'stream', chunks: 3 });
    const run = await read(
      storedRun({ summary: stream, items: [piece(0, 'Once '), piece(1, 'upon ')], next: 1 }),
      storedRun({ summary: stream, items: [piece(2, 'a time')], next: null }),
    );
    expect(run?.model.pieces).toBe(3);
  });

  it('that failed says why, and one that was interrupted says that', async () => {
    const error = { code: 'E', message: 'm', suggestion: null, details: null };
    const failed = await read(storedRun({ summary: summary({ state: 'failed' }), error }));
    expect(failed?.model).toMatchObject({ phase: 'failed', error });
    const interrupted = await read(
      storedRun({ summary: summary({ state: 'interrupted', elapsedMs: null }) }),
    );
    expect(interrupted?.model).toMatchObject({
      phase: 'failed',
      error: { code: 'INTERRUPTED', action: 'run-again' },
    });
  });

  it('is none while it goes on somewhere, or when it is of another entrypoint', async () => {
    expect(await read(storedRun({ summary: summary({ state: 'running' }) }))).toBeUndefined();
    expect(await read(storedRun({ summary: summary({ tag: 'other' }) }))).toBeUndefined();
  });
});
