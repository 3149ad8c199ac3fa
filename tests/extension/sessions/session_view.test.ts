import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutputWords } from '../../../extension/src/output/words';
import type {
  SessionContent,
  SessionHostMessage,
  SessionPageState,
} from '../../../extension/src/sessions/messages';
import { readSessionMessage, readSessionState } from '../../../extension/src/sessions/messages';
import { SessionView } from '../../../extension/src/sessions/session_view';
import type { SessionWords } from '../../../extension/src/sessions/words';
import { AskedServer, settled } from './asked_server';
import { CONFIG, details, summary } from './samples';

const latest = { configUri: CONFIG, session: summary.session, step: null };

let server: AskedServer;
let posted: SessionHostMessage[];
let titles: string[];
let resume: (shown: SessionPageState) => void;
let cannotResume: () => Promise<string | null>;
let view: SessionView;
let copied: string[];
let links: string[];
let documents: [session: string, lines: string][];

beforeEach(() => {
  server = new AskedServer();
  posted = [];
  titles = [];
  [copied, links, documents] = [[], [], []];
  resume = vi.fn();
  cannotResume = async () => null;
  view = new SessionView(latest, {
    server: async () => server,
    words: () => ({ words: {} as SessionWords, outputWords: {} as OutputWords }),
    post: (message) => posted.push(message),
    cannotResume: () => cannotResume(),
    resume: (shown) => resume(shown),
    copy: (text) => copied.push(text),
    openLink: (url) => links.push(url),
    openEvents: (session, lines) => documents.push([session, lines]),
    titled: (title) => titles.push(title),
  });
});

const contents = () => posted.flatMap((message) => (message.type === 'show' ? [message.content] : []));
const shown = (): SessionContent | undefined => contents().at(-1);
const asked = () => server.waiting.map(({ params }) => params);

async function opened(): Promise<void> {
  view.received({ type: 'ready' });
  void view.refresh();
  await settled();
  await server.answer(details);
}

describe('the page of a session', () => {
  it('waits for the session, and then shows it and is named after it', async () => {
    await opened();
    expect(contents()[0]).toMatchObject({ ...latest, details: null, problem: null });
    expect(shown()).toMatchObject({ ...latest, details, noResume: null });
    expect(titles).toEqual([summary.input]);
  });

  it('is sent nothing while it is hidden, and everything when it comes again', async () => {
    await opened();
    view.pageIsGone();
    posted = [];
    void view.refresh();
    await settled();
    await server.answer({ ...details, step: 2 });
    expect(posted).toEqual([]);
    view.received({ type: 'ready' });
    expect(shown()?.details?.step).toBe(2);
  });

  it('says why there is nothing, and shows it once it can be read', async () => {
    view.received({ type: 'ready' });
    void view.refresh();
    await settled();
    await server.refuse('There is no session.');
    expect(shown()).toMatchObject({ details: null, problem: 'There is no session.' });
    void view.refresh();
    await settled();
    await server.answer(details);
    expect(shown()).toMatchObject({ details, problem: null });
  });

  it('keeps what is shown when it cannot be read again', async () => {
    await opened();
    void view.refresh();
    await settled();
    await server.refuse('The server was stopped.');
    expect(shown()).toMatchObject({ details, problem: 'The server was stopped.' });
  });

  it('reads only the last of many steps that a key runs over', async () => {
    await opened();
    for (const step of [3, 2, 1]) view.received({ type: 'step', step });
    await settled();
    expect(asked()).toEqual([{ configUri: CONFIG, session: summary.session, step: 3 }]);
    await server.answer({ ...details, step: 3 });
    expect(asked()).toEqual([{ configUri: CONFIG, session: summary.session, step: 1 }]);
    await server.answer({ ...details, step: 1 });
    expect(asked()).toEqual([]);
    expect(shown()).toMatchObject({ step: 1, details: { step: 1 } });
    expect(contents().filter(({ details, step }) => details?.step === 3 && step === 1)).toEqual([]);
  });

  it('forgets one session when another is shown in its place', async () => {
    await opened();
    void view.show({ ...latest, session: 'other', step: 4 });
    expect(shown()).toMatchObject({ session: 'other', details: null });
    await settled();
    expect(asked()).toEqual([{ configUri: CONFIG, session: 'other', step: 4 }]);
  });

  it('leads to the session that it branched off', async () => {
    view.received({ type: 'ready' });
    view.received({ type: 'origin' });
    void view.refresh();
    await settled();
    await server.answer({ ...details, session: { ...summary, forkedFrom: { session: 'old', step: 2 } } });
    view.received({ type: 'origin' });
    await settled();
    expect(asked()).toEqual([{ configUri: CONFIG, session: 'old', step: 2 }]);
  });

  it('resumes after the step that is named, and says why it cannot', async () => {
    cannotResume = async () => 'No entrypoint takes it.';
    await opened();
    expect(shown()?.noResume).toBe('No entrypoint takes it.');
    view.received({ type: 'resume', step: 2 });
    view.received({ type: 'resume', step: null });
    expect(vi.mocked(resume).mock.calls).toEqual([[{ ...latest, step: 2 }], [latest]]);
  });
});

describe('a session that changes', () => {
  const looks = () => asked().length;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => vi.useRealTimers());

  /** A look that takes the server so long. */
  async function look(ms: number): Promise<void> {
    view.changed();
    await settled();
    vi.advanceTimersByTime(ms);
    await server.answer(details);
  }

  it('is looked at again at once when a look is quick', async () => {
    await opened();
    await look(0);
    view.changed();
    await settled();
    expect(looks()).toBe(1);
  });

  it('is left alone for a while when a look takes long, and then looked at once', async () => {
    await opened();
    await look(1000);
    view.changed();
    view.changed();
    vi.advanceTimersByTime(2900);
    await settled();
    expect(looks()).toBe(0);
    vi.advanceTimersByTime(200);
    await settled();
    expect(looks()).toBe(1);
    await server.answer(details);
    expect(looks()).toBe(0);
  });

  it('is looked at at once when somebody wants another step, and not once more for a page that is gone', async () => {
    await opened();
    await look(1000);
    view.changed();
    void view.show({ ...latest, step: 1 });
    await settled();
    expect(looks()).toBe(1);
    vi.advanceTimersByTime(1000);
    await server.answer(details);
    view.changed();
    view.pageIsGone();
    vi.advanceTimersByTime(60_000);
    await settled();
    expect(looks()).toBe(0);
  });
});

describe('the events of a session', () => {
  const told = () => posted.flatMap((message) => (message.type === 'events' ? [message] : []));
  const events = [{ seq: 0 }, { seq: 1 }, { seq: 2 }];

  it('are read in pages when the page wants them, shown as they come, and later only what has come since', async () => {
    const { session, startedAt } = summary;
    const question = (after: number) => ({ configUri: CONFIG, session, startedAt, after, limit: 5000 });
    await opened();
    view.received({ type: 'events', from: 0 });
    await settled();
    expect(asked()).toEqual([question(-1)]);
    await server.answer({ events: events.slice(0, 2), next: 1 });
    expect(asked()).toEqual([question(1)]);
    const first = {
      type: 'events',
      session: summary.session,
      from: 0,
      events: events.slice(0, 2),
      isCut: false,
    };
    expect(told()).toEqual([first]);
    await server.answer({ events: events.slice(2), next: null });
    expect(told()).toEqual([first, { ...first, from: 2, events: events.slice(2) }]);
    view.received({ type: 'events', from: 3 });
    await settled();
    expect(asked()).toEqual([question(2)]);
    await server.answer({ events: [{ seq: 3 }], next: null });
    expect(told().at(-1)).toMatchObject({ from: 3, events: [{ seq: 3 }] });
  });

  it('are all told to a page that was made anew, without reading them again', async () => {
    await opened();
    view.received({ type: 'events', from: 0 });
    await settled();
    await server.answer({ events, next: null });
    view.received({ type: 'events', from: 0 });
    await settled();
    await server.answer({ events: [], next: null });
    expect(told().at(-1)).toMatchObject({ from: 0, events });
  });

  it('are those of the session that is shown, and none when they cannot be read', async () => {
    await opened();
    view.received({ type: 'events', from: 0 });
    await settled();
    void view.show({ ...latest, session: 'other' });
    await server.answer({ events, next: null });
    expect(told()).toEqual([]);
    await server.answer({ ...details, session: { ...summary, session: 'other' } });
    view.received({ type: 'events', from: 0 });
    await settled();
    await server.refuse('gone');
    expect(told()).toEqual([]);
    view.received({ type: 'events', from: 0 });
    await settled();
    const { startedAt } = summary;
    expect(asked()).toEqual([{ configUri: CONFIG, session: 'other', startedAt, after: -1, limit: 5000 }]);
  });

  it('are read from the beginning when another session has its id', async () => {
    await opened();
    view.received({ type: 'events', from: 0 });
    await settled();
    await server.answer({ events, next: null });
    void view.refresh();
    await settled();
    const startedAt = summary.startedAt + 1;
    await server.answer({ ...details, session: { ...summary, startedAt } });
    view.received({ type: 'events', from: 0 });
    await settled();
    expect(asked()).toMatchObject([{ startedAt, after: -1 }]);
  });

  it('are as many as a page can hold', async () => {
    await opened();
    const many = Array.from({ length: 100_000 }, (_none, seq) => ({ seq }));
    view.received({ type: 'events', from: 99_990 });
    await settled();
    await server.answer({ events: many, next: 99_999 });
    expect(told().at(-1)).toMatchObject({ isCut: true, events: many.slice(99_990) });
    expect(asked()).toEqual([]);
  });
});

describe('the checkpoints of a long session', () => {
  const [sample] = details.checkpoints;
  const from = (first: number, last: number, moved = 0) =>
    Array.from({ length: last - first + 1 }, (_none, n) => ({
      ...sample,
      step: first + n,
      at: first + n + moved,
    }));
  const told = (checkpoints: unknown[], checkpointsCut: boolean) => ({
    ...details,
    checkpoints,
    checkpointsCut,
  });
  const steps = () => shown()?.details?.checkpoints.map(({ step }) => step);
  const numbers = (first: number, last: number) => from(first, last).map(({ step }) => step);

  async function look(answer: unknown): Promise<void> {
    void view.refresh();
    await settled();
    await server.answer(answer);
  }

  beforeEach(async () => {
    view.received({ type: 'ready' });
    await look(told(from(7, 9), true));
    expect(shown()?.details?.checkpointsCut).toBe(true);
  });

  async function readEarlier(): Promise<void> {
    view.received({ type: 'earlier' });
    view.received({ type: 'earlier' });
    await settled();
    expect(asked()).toMatchObject([{ before: 7 }, { before: 7 }]);
    await server.answer(told(from(4, 6), true));
    await server.answer(told(from(4, 6), true));
    expect(steps()).toEqual(numbers(4, 9));
  }

  it('are read further back as far as somebody wants, and stay while it goes on', async () => {
    await readEarlier();
    await look(told(from(8, 10), true));
    expect(steps()).toEqual(numbers(4, 10));
    view.received({ type: 'earlier' });
    await settled();
    expect(asked()).toMatchObject([{ before: 4 }]);
    await server.answer(told(from(1, 3), false));
    expect(steps()).toEqual(numbers(1, 10));
    expect(shown()?.details?.checkpointsCut).toBe(false);
    view.received({ type: 'earlier' });
    await settled();
    expect(asked()).toEqual([]);
  });

  it('are only the latest where others may be between, or where it is another session', async () => {
    await readEarlier();
    await look(told(from(11, 13), true));
    expect(steps()).toEqual(numbers(11, 13));
    await look(told(from(11, 13, 1000), false));
    expect([steps(), shown()?.details?.checkpointsCut]).toEqual([numbers(11, 13), false]);
  });

  it('are not mixed with those of another session, and say why they cannot be read', async () => {
    view.received({ type: 'earlier' });
    await settled();
    await server.refuse('gone');
    expect([shown()?.problem, steps()]).toEqual(['gone', numbers(7, 9)]);
    view.received({ type: 'earlier' });
    await settled();
    void view.show({ ...latest, session: 'other' });
    await settled();
    await server.answer(told(from(4, 6), true));
    await server.answer(told(from(1, 2), false));
    expect(steps()).toEqual([1, 2]);
  });
});

describe('a session of which both stores have one', () => {
  it('is asked for where it was found', async () => {
    await opened();
    void view.show({ ...latest, store: 'sqlite' });
    await settled();
    expect(shown()?.details).toBe(null);
    const place = { configUri: CONFIG, session: summary.session, store: 'sqlite' };
    expect(asked()).toEqual([place]);
    await server.answer({ ...details, checkpointsCut: true, session: { ...summary, store: 'sqlite' } });
    view.received({ type: 'events', from: 0 });
    view.received({ type: 'earlier' });
    await settled();
    const both = [{ ...place, before: 1 }, expect.objectContaining({ ...place, after: -1 })];
    expect(asked()).toEqual(expect.arrayContaining(both));
    view.received({ type: 'resume', step: 1 });
    expect(resume).toHaveBeenCalledWith({ ...latest, store: 'sqlite', step: 1 });
    expect(view.shows({ ...latest, store: 'file' })).toBe(false);
    expect(view.shows({ ...latest, store: 'sqlite' })).toBe(true);
  });

  it('is not taken for the other one when nobody says which it is', async () => {
    await opened();
    expect(view.shows(latest)).toBe(true);
    expect(view.shows({ ...latest, store: 'file' })).toBe(true);
    expect(view.shows({ ...latest, store: 'sqlite' })).toBe(false);
  });
});

describe('what a page sends', () => {
  it.each([
    [null],
    ['ready'],
    [{ type: 'step' }],
    [{ type: 'step', step: '1' }],
    [{ type: 'step', step: -1 }],
    [{ type: 'step', step: 1.5 }],
    [{ type: 'resume', step: '1' }],
    [{ type: 'delete' }],
    [{ type: 'events' }],
    [{ type: 'events', from: -1 }],
  ])('is not believed: %j', (data) => {
    expect(readSessionMessage(data)).toBeUndefined();
  });

  it('may ask for what only the extension can do: the clipboard, links, documents', async () => {
    await opened();
    view.received({ type: 'events', from: 0 });
    await settled();
    await server.answer({ events: [{ seq: 0 }, { seq: 1 }], next: null });
    const ask = (request: unknown) => view.received({ type: 'outputRequest', request });
    ask({ type: 'copyText', text: 'a thought' });
    ask({ type: 'openLink', url: 'https://example.org/' });
    ask({ type: 'openLink', url: 'command:workbench.action.quit' });
    ask({ type: 'output', runId: 'session', action: 'open' });
    expect([copied, links]).toEqual([['a thought'], ['https://example.org/']]);
    expect(documents).toEqual([[summary.session, '{"seq":0}\n{"seq":1}\n']]);
  });

  it('is kept over a restart only as far as it is right', () => {
    expect(readSessionState({ ...latest, step: 3, more: 1 })).toEqual({ ...latest, step: 3 });
    expect(readSessionState({ ...latest, step: 'x' })).toEqual(latest);
    expect(readSessionState({ ...latest, store: 'sqlite' })).toEqual({ ...latest, store: 'sqlite' });
    expect(readSessionState({ ...latest, store: 'cloud' })).toEqual(latest);
    expect(readSessionState({ configUri: CONFIG })).toBeUndefined();
    expect(readSessionState(undefined)).toBeUndefined();
  });
});
