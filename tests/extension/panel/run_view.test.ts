import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostMessage, PageContent, Words } from '../../../extension/src/panel/messages';
import { RunView, type RunViewListener } from '../../../extension/src/panel/run_view';
import type { Run, RunRequest } from '../../../extension/src/runs/run';
import { Runs } from '../../../extension/src/runs/runs';
import { plain } from '../plain';
import { info } from './contents';

const entrypoint = {
  configUri: 'file:///p/c.json',
  tag: 'story_stream',
  project: 'p',
  kind: 'stream',
} as const;
const inputs = { args: [], kwargs: { topic: 'tea' } };

let posted: HostMessage[];
let listener: RunViewListener;
let view: RunView;
let isAsking: boolean;

beforeEach(() => {
  posted = [];
  isAsking = false;
  listener = {
    run: vi.fn(),
    command: vi.fn(),
    useCase: vi.fn(),
    openFrame: vi.fn(),
    session: vi.fn(),
    output: vi.fn(),
  };
  const words = {} as Words;
  view = new RunView(entrypoint, {
    listener,
    words: () => words,
    isAsking: () => isAsking,
    post: (message) => posted.push(message),
  });
});

/** A run that waits for a server that never comes. */
function runOf(changes: Partial<RunRequest> = {}): Run {
  let id = 0;
  const runs = new Runs({
    server: () => new Promise(() => undefined),
    serveOptions: async () => undefined,
    newRunId: () => {
      id += 1;
      return `run-${id}`;
    },
    translate: plain,
    now: () => 0,
    changed: () => undefined,
  });
  return runs.start({ ...entrypoint, inputs, ...changes });
}

const ready = () => view.received({ type: 'ready' });
const shown = (): PageContent | undefined =>
  posted.flatMap((message) => (message.type === 'show' ? [message.content] : [])).at(-1);
const updates = () => posted.flatMap((message) => (message.type === 'update' ? [message.changes] : []));

describe('a page that is not there', () => {
  it('is sent nothing, and everything when it comes, with the keyboard', () => {
    view.open({ entrypoint, info, inputs });
    expect(posted).toEqual([]);
    ready();
    expect(shown()).toMatchObject({ tag: 'story_stream', action: 'stream', info, inputs, run: null });
    expect(posted.at(-1)).toEqual({ type: 'focus' });
  });

  it('leaves the keyboard to a question that is open when it comes', () => {
    view.open({ entrypoint, info, inputs });
    isAsking = true;
    ready();
    expect(posted.map(({ type }) => type)).toEqual(['show']);
    isAsking = false;
    view.pageIsGone();
    ready();
    expect(posted.map(({ type }) => type)).toEqual(['show', 'show']);
    view.open({ entrypoint, info, inputs: view.inputs });
    expect(posted.at(-1)).toEqual({ type: 'focus' });
  });

  it('finds what was typed when it was hidden and comes again', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    const typed = { args: [], kwargs: { topic: 'coffee', password: 'p' } };
    view.received({ type: 'inputs', inputs: typed, inputsAt: 1 });
    view.pageIsGone();
    posted = [];
    ready();
    expect(shown()?.inputs).toEqual(typed);
    expect(posted.map(({ type }) => type)).toEqual(['show']);
  });
});

describe('a form that is asked for again', () => {
  it('leaves alone what is typed while it is brought to the front', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    posted = [];
    view.open({ entrypoint, info: { ...info }, inputs: view.inputs, prepare: async (request) => request });
    expect(posted.map(({ type }) => type)).toEqual(['update', 'focus']);
    expect(Object.keys(updates()[0] ?? {})).toEqual(['kind', 'action', 'options']);
    expect(updates()[0]?.action).toBe('debug');
  });

  it('takes other inputs', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    const others = { args: [], kwargs: { topic: 'cocoa' } };
    view.open({ entrypoint, info, inputs: others });
    expect(shown()?.inputs).toEqual(others);
  });

  it('keeps other inputs when word of what was typed before them comes late', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    const others = { args: [], kwargs: { topic: 'cocoa' } };
    view.open({ entrypoint, info, inputs: others });
    const typed = { args: [], kwargs: { topic: 'teapot' } };
    view.received({ type: 'inputs', inputs: typed, inputsAt: 1 });
    expect(view.inputs).toEqual(others);
    view.pageIsGone();
    ready();
    expect(shown()).toMatchObject({ inputs: others, inputsAt: 2 });
    view.received({ type: 'inputs', inputs: typed, inputsAt: 2 });
    expect(view.inputs).toEqual(typed);
  });

  it('runs what a person saw, also when other inputs were on their way', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    const others = { args: [], kwargs: { topic: 'cocoa' } };
    view.open({ entrypoint, info, inputs: others });
    const seen = { args: [], kwargs: { topic: 'teapot' } };
    view.received({ type: 'run', inputs: seen, inputsAt: 1 });
    expect(listener.run).toHaveBeenCalledWith(view, seen);
    expect(view.inputs).toEqual(others);
  });
});

describe('a run', () => {
  it('from the form leaves the form as it is', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    view.received({ type: 'run', inputs, inputsAt: 1 });
    expect(listener.run).toHaveBeenCalledWith(view, inputs);
    posted = [];
    view.show(runOf({ inputs: view.inputs }));
    expect(posted.map(({ type }) => type)).toEqual(['update']);
    expect(updates()[0]).not.toHaveProperty('inputs');
    expect(updates()[0]?.run?.model.phase).toBe('preparing');
  });

  it('from the form leaves alone what was typed before it began', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    view.received({ type: 'run', inputs: { ...inputs }, inputsAt: 1 });
    const sent = view.inputs;
    const typed = { args: [], kwargs: { topic: 'coffee' } };
    view.received({ type: 'inputs', inputs: typed, inputsAt: 1 });
    view.show(runOf({ inputs: sent }));
    expect(view.inputs).toEqual(typed);
    expect(updates().at(-1)).not.toHaveProperty('inputs');
  });

  it('from elsewhere brings its inputs and options along', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    const others = { args: [], kwargs: { topic: 'cocoa' } };
    view.show(runOf({ inputs: others, userId: 'ada' }));
    expect(shown()).toMatchObject({ inputs: others, options: { userId: 'ada' } });
  });

  it('of the past is shown unless there is a newer one', () => {
    ready();
    const newer = runOf();
    view.show(newer);
    view.showPast(runOf());
    expect(view.run).toBe(newer);
  });

  it('for the debugger says so until it has begun', () => {
    view.open({ entrypoint, info, inputs, prepare: async (request) => request });
    ready();
    expect(shown()?.action).toBe('debug');
    view.show(runOf({ inputs: view.inputs }));
    expect(updates().at(-1)?.action).toBe('stream');
    expect(view.prepare).toBeUndefined();
  });
});

describe('where runs go', () => {
  const address = { host: 'localhost', port: 8450 };

  it('stays as it was chosen on the page, but for the cloud', () => {
    view.choose({ address, userId: 'ada' });
    view.open({ entrypoint, info, inputs });
    expect(view.entrypoint).toMatchObject({ address, userId: 'ada' });
    view.choose({ cloud: true });
    view.open({ entrypoint, info, inputs });
    expect(view.entrypoint).not.toHaveProperty('cloud');
  });

  it('is the cloud when that was asked for, whatever address the page had', () => {
    view.choose({ address });
    view.open({ entrypoint: { ...entrypoint, cloud: true }, info, inputs });
    expect(view.options).toEqual({ cloud: true });
  });

  it('cannot be changed by the page', () => {
    view.choose({ address });
    view.received({ type: 'options', options: { cloud: true, userId: 'ada' } });
    expect(view.options).toEqual({ address, userId: 'ada' });
  });
});

describe('cases', () => {
  const one = { uri: 'file:///p/one.json', name: 'one', problem: null };

  it('put their inputs and options into the form', () => {
    ready();
    view.offer([one]);
    view.use(one.uri, inputs, { userId: 'ada' });
    expect(updates().at(-2)).toEqual({ inputs, inputsAt: 1, options: { userId: 'ada' } });
    expect(updates().at(-1)).toEqual({ caseUri: one.uri, caseInputs: inputs });
  });

  it('leave the form alone when it was saved as one, for it may be edited again already', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    view.offer([one]);
    posted = [];
    view.isCase(one.uri, inputs);
    expect(updates()).toEqual([{ caseUri: one.uri, caseInputs: inputs }]);
  });

  it('are let go when they are deleted, or when other inputs come', () => {
    ready();
    view.offer([one]);
    view.use(one.uri, inputs, {});
    view.offer([]);
    expect(view.caseUri).toBeNull();
    view.offer([one]);
    view.use(one.uri, inputs, {});
    view.show(runOf({ inputs: { args: [], kwargs: {} } }));
    expect(view.caseUri).toBeNull();
  });
});

describe('the signature', () => {
  it('is sent again only when it has changed', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    view.describedBy(structuredClone(info));
    expect(updates()).toEqual([]);
    view.describedBy({ ...info, signature: '(topic: str, words: int)' });
    expect(updates().at(-1)).toMatchObject({ info: { signature: '(topic: str, words: int)' } });
  });

  it('that cannot be had is told in its place, until it is there', () => {
    ready();
    view.cannotDescribe('no server');
    expect(updates().at(-1)).toEqual({ problem: 'no server' });
    view.describedBy(info);
    expect(updates().at(-1)).toMatchObject({ info, problem: null });
    view.cannotDescribe('later trouble');
    expect(updates().at(-1)).toMatchObject({ problem: null });
  });
});

describe('a session of the agent runtime', () => {
  it('is on the page as soon as the output tells of it, and stays when a past run is shown', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    const run = runOf();
    view.show(run);
    run.session = { session: 's-1', state: null };
    view.sessionChanged();
    expect(updates().at(-1)).toEqual({ session: { session: 's-1', state: null } });
    view.pageIsGone();
    ready();
    expect(shown()?.session).toEqual({ session: 's-1', state: null });
  });

  it('is asked for by the page, and of nothing else', () => {
    view.received({ type: 'resumeSession', session: 's-1', step: 2 });
    view.received({ type: 'showSession', session: 's-1', step: null });
    view.received({ type: 'showSession', session: 7, step: null });
    view.received({ type: 'resumeSession', session: 's-1', step: 'x' });
    expect(vi.mocked(listener.session).mock.calls.map(([request]) => request)).toEqual([
      { type: 'resumeSession', session: 's-1', step: 2 },
      { type: 'showSession', session: 's-1', step: null },
    ]);
  });

  it('is gone on with once: the form keeps what a run that begins one had', () => {
    view.open({ entrypoint, info, inputs });
    ready();
    const kwargs = { topic: 'tea', session_id: 's-1' };
    view.show(runOf({ inputs: { args: [], kwargs }, resumes: true }));
    expect(view.inputs).toBe(inputs);
    expect(updates().at(-1)).toMatchObject({ run: { model: { phase: 'preparing' } } });
  });

  it('leaves its inputs in a form that was not there yet, without the session', () => {
    const kwargs = { topic: 'tea', session_id: 's-1', resume_from_step: 3 };
    view.show(runOf({ inputs: { args: [], kwargs }, resumes: true }));
    expect(view.inputs).toEqual(inputs);
  });
});
