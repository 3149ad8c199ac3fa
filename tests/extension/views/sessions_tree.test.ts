import { describe, expect, it, vi } from 'vitest';
import { sessionWords } from '../../../extension/src/panel/session_words';
import type { SessionSummary } from '../../../extension/src/server/protocol.generated';
import {
  sessionNodes,
  sessionRow,
  sessionsNode,
  sessionsRow,
} from '../../../extension/src/views/sessions_tree';
import { plain } from '../plain';
import { CONFIG, summary } from '../sessions/samples';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const ended = { ...summary, session: 's2', state: 'ended', reason: 'answered' } as const;
const list = { sessions: [ended, summary], isCut: false, problems: [] as string[] };
const [group] = sessionsNode(CONFIG, list) as [ReturnType<typeof sessionsNode>[number]];
const context = { words: sessionWords(), locale: 'en', now: summary.lastAt / 1000 + 180 };

function row(changes: Partial<SessionSummary> = {}) {
  const changed = { ...summary, ...changes };
  const { session, store } = changed;
  return sessionRow({ kind: 'session', configUri: CONFIG, session, store, summary: changed }, context);
}

describe('the group of sessions', () => {
  it('is there only where there is something to say', () => {
    expect(sessionsNode(CONFIG, undefined)).toEqual([]);
    expect(sessionsNode(CONFIG, { ...list, sessions: [] })).toEqual([]);
    expect(sessionsNode(CONFIG, { ...list, sessions: [], problems: ['x is damaged.'] })).toHaveLength(1);
  });

  it('counts them, and those that were interrupted', () => {
    expect(sessionsRow(group, plain)).toMatchObject({
      label: 'Sessions',
      description: '2 · 1 interrupted',
      context: 'sessions',
      expands: 'closed',
    });
    const cut = { ...group, list: { ...list, sessions: [ended], isCut: true, problems: ['x is damaged.'] } };
    expect(sessionsRow(cut, plain)).toMatchObject({ description: 'the newest 1', icon: { id: 'warning' } });
    expect(sessionsRow(cut, plain).tooltip).toContain('x is damaged.');
  });

  it('holds them, with what commands find them by', () => {
    const list = { sessions: [ended, { ...ended, store: 'sqlite' } as const], isCut: false, problems: [] };
    const nodes = sessionNodes({ ...group, list });
    expect(nodes.map(({ configUri, session, store }) => [configUri, session, store])).toEqual([
      [CONFIG, 's2', 'file'],
      [CONFIG, 's2', 'sqlite'],
    ]);
    const [one, other] = nodes.map((node) => sessionRow(node, context).id);
    expect(one).not.toBe(other);
  });
});

describe('the row of a session', () => {
  it('says what was asked, when, how far it came and how it stands', () => {
    expect(row()).toMatchObject({
      label: 'How many bottles of t…',
      description: '3 min. ago · 3 steps · Interrupted',
      icon: { id: 'debug-disconnect' },
      context: 'session.interrupted',
    });
    expect(row({ steps: 1, state: 'running' })).toMatchObject({
      description: '3 min. ago · 1 step · Running',
      icon: { id: 'loading~spin' },
      context: 'session.running',
    });
  });

  it.each([
    ['answered', 'Answered', 'pass'],
    ['failed', 'Failed', 'error'],
    ['token_budget', 'Ended: no tokens left', 'circle-slash'],
    ['of tomorrow', 'Ended', 'circle-slash'],
  ])('says why it ended: %s', (reason, said, icon) => {
    const { description, icon: shown } = row({ state: 'ended', reason });
    expect(description).toContain(said);
    expect(shown.id).toBe(icon);
  });

  it('has its id where it was asked nothing, and what an agent wrote makes no icon', () => {
    expect(row({ input: ' \n ' }).label).toBe(summary.session);
    expect(row({ input: '$(trash) it' }).label).toBe('$ (trash) it');
  });

  it('tells where it branched off', () => {
    expect(row({ forkedFrom: { session: 'old', step: 2 } }).tooltip).toContain(
      'Branched off after step 2 of old',
    );
  });
});
