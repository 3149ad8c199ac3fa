import { expect, it } from 'vitest';
import { RunList } from '../../../extension/src/history/run_list';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import { summary } from './samples';

interface Asked {
  readonly method: string;
  readonly params: unknown;
  readonly answer: (result: unknown) => void;
}

function fakeServer() {
  const asked: Asked[] = [];
  const server = {
    request: (method: string, params: unknown) =>
      new Promise((answer) => asked.push({ method, params, answer })),
    notify: () => undefined,
  } as unknown as AgentServer;
  return { asked, list: new RunList(server) };
}

const page = (next: string | null, ...ids: string[]) => ({
  runs: ids.map((historyId) => summary({ historyId })),
  next,
});
const ids = (listed: Awaited<ReturnType<RunList['ask']>>) => listed?.runs.map(({ run }) => run.historyId);

it('lists runs page by page', async () => {
  const { asked, list } = fakeServer();
  const first = list.ask('  ');
  asked[0]?.answer(page('cursor', 'a', 'b'));
  expect(await first).toMatchObject({ hasMore: true });
  const second = list.more();
  expect(asked[1]).toMatchObject({ method: 'runagent/history/list', params: { before: 'cursor' } });
  asked[1]?.answer(page(null, 'c'));
  const listed = await second;
  expect(ids(listed)).toEqual(['a', 'b', 'c']);
  expect(listed?.hasMore).toBe(false);
});

it('lets the server search, and drops an answer that was overtaken', async () => {
  const { asked, list } = fakeServer();
  const slow = list.ask('ad');
  const fast = list.ask('ada ');
  expect(asked[1]).toMatchObject({ method: 'runagent/history/search', params: { text: 'ada' } });
  const match = { run: summary({ historyId: 'x' }), where: 'inputs', excerpt: 'Ada' };
  asked[1]?.answer({ matches: [match] });
  expect((await fast)?.runs).toEqual([{ run: match.run, match }]);
  asked[0]?.answer({ matches: [] });
  expect(await slow).toBeUndefined();
});
