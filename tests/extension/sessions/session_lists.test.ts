import { beforeEach, describe, expect, it } from 'vitest';
import { SessionLists } from '../../../extension/src/sessions/session_lists';
import { AskedServer, settled } from './asked_server';
import { CONFIG, summary } from './samples';

const list = { sessions: [summary], isCut: false, problems: [] };

let server: AskedServer;
let changed: string[];
let failed: unknown[];
let lists: SessionLists;

beforeEach(() => {
  server = new AskedServer();
  changed = [];
  failed = [];
  lists = new SessionLists(
    async () => server,
    (configUri) => changed.push(configUri),
    (error) => failed.push(error),
  );
});

describe('the sessions of an agent', () => {
  it('are known once they are read, and told of when they are others', async () => {
    void lists.read(CONFIG);
    await settled();
    expect(lists.of(CONFIG)).toBeUndefined();
    await server.answer(list);
    expect(lists.of(CONFIG)).toEqual(list);
    void lists.read(CONFIG);
    await settled();
    await server.answer({ ...list });
    expect(changed).toEqual([CONFIG]);
  });

  it('are read once more when something happens meanwhile', async () => {
    void lists.read(CONFIG);
    await settled();
    void lists.read(CONFIG);
    await settled();
    expect(server.waiting).toHaveLength(1);
    await server.answer(list);
    expect(server.waiting).toHaveLength(1);
    await server.answer({ ...list, sessions: [] });
    expect(lists.of(CONFIG)?.sessions).toEqual([]);
  });

  it('stay as they were when they cannot be read', async () => {
    void lists.read(CONFIG);
    await settled();
    await server.answer(list);
    const again = lists.read(CONFIG);
    await settled();
    await server.refuse('gone');
    await again;
    expect(lists.of(CONFIG)).toEqual(list);
    expect(failed).toHaveLength(1);
  });

  it('are forgotten with the agent', async () => {
    void lists.read(CONFIG);
    await settled();
    await server.answer(list);
    lists.keep(['file:///other.json']);
    expect(lists.of(CONFIG)).toBeUndefined();
  });
});
