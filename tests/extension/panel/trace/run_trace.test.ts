import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutputStore } from '../../../../extension/src/output/output_store';
import { outputWords } from '../../../../extension/src/panel/output_words';
import { newRun, type RunViewModel } from '../../../../extension/src/runs/view_model';
import { AgentEvents, sample } from '../../trace/agent_events';
import { recorded } from '../../trace/recorded';
import { answerRequests } from '../output/answering';
import { eventually, THEMES, type Theme, WebviewBundle, type WebviewPage } from '../webview_page';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

/** The output of a run, and what a trace asks the page for. */
const SOURCE = `
  import { OutputFeed } from '../../output/feed';
  import './output/run_output';
  const feed = new OutputFeed((request) => sendToTest(request));
  const output = document.createElement('run-output');
  const heading = document.createElement('h1');
  heading.textContent = 'ask_stream';
  document.getElementById('run').append(heading, output);
  output.style.setProperty('height', '560px');
  for (const name of ['resume-requested', 'session-requested', 'view-changed']) {
    output.addEventListener(name, ({ detail }) => sendToTest({ name, ...detail }));
  }
  window.addEventListener('message', ({ data }) => {
    if (data.set) Object.assign(output, data.set, { feed });
    else if (data.start) feed.show(data.runId, data.start);
    else if (data.event) feed.apply(data.event);
    else if (data.answer) feed.received(data.answer);
  });
`;

const words = outputWords();
const running: RunViewModel = { ...newRun({ runId: 'r', kind: 'stream' }), phase: 'running' };
const completed: RunViewModel = { ...running, phase: 'completed' };

let bundle: WebviewBundle;
let view: WebviewPage;
let store: OutputStore;
let seq: number;

beforeAll(async () => {
  bundle = await WebviewBundle.of({ source: SOURCE });
});
afterAll(() => bundle.close());
beforeEach(() => {
  store = new OutputStore();
  seq = 0;
});
afterEach(() => view.close());

/** The page, and the extension behind it, which answers as the real one does. */
async function open(run: RunViewModel = running, theme: Theme = 'dark', width = 700): Promise<void> {
  view = await bundle.open(theme);
  await view.page.setViewportSize({ width, height: 600 });
  answerRequests(view, () => store);
  await set({ words, run });
  await view.post({ start: { end: store.end, silentMs: 0 }, runId: 'r' });
}

const set = (properties: object) => view.post({ set: properties });

async function come(...values: readonly unknown[]): Promise<void> {
  const items = values.map((value, at) => ({
    index: 0,
    atMs: (store.end + at + 1) * 10,
    ...(typeof value === 'string'
      ? { type: 'text' as const, text: value }
      : { type: 'value' as const, value }),
  }));
  await view.post({ event: { type: 'output', seq, items: store.add(items) } });
  seq += 1;
}

const requests = () => [...view.sent];
const tree = () => view.page.getByRole('tree', { name: 'Trace' });
const rows = () => tree().getByRole('treeitem');
const tab = (name: string) => view.page.getByRole('tab', { name });
const button = (name: string) => view.page.getByRole('button', { name, exact: true });
const active = async () =>
  (await tree().getByRole('treeitem', { selected: true }).innerText()).replace(/\s+/g, ' ').trim();
const texts = async () => (await rows().allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
const totals = async () => (await view.page.locator('.totals').innerText()).replace(/\s+/g, ' ');
const press = async (...keys: readonly string[]) => {
  for (const key of keys) await view.page.keyboard.press(key);
};

describe('a trace', () => {
  it('shows what the agent did, step by step', async () => {
    await open(completed);
    await come(...sample());
    await eventually(texts).toEqual([
      'Start helper · scripted · What is 12 * 7?',
      'Step 1 calculate {expression: "12*7"} 100 → 10 tokens 100 ms',
      'Thought I call calculate.',
      'calculate {expression: "12*7"} → 84 20 ms',
      'Checkpoint Resume from This Step Memory and Graph',
      'Step 2 failed look_up {word: "tea"} 100 → 10 tokens 100 ms',
      'Thought I call look_up.',
      'look_up {word: "tea"} → no such tool: No such tool 20 ms',
      'Checkpoint Resume from This Step Memory and Graph',
      'Step 3 100 → 10 tokens 80 ms',
      'Answer It is 84.',
      'End answered',
    ]);
    expect(await totals()).toBe(
      'helper 3 steps 2 tool calls 300 tokens in, 30 out 280 ms agent_runtime 1 failed',
    );
  });

  it('says nothing of the arguments of a call that another run made', async () => {
    await open(completed);
    const interrupted = { ok: false, content: 'The process ended while this ran.', error: 'interrupted' };
    const events = new AgentEvents();
    const resumed = [events.event('session_resumed'), ...events.call('wait_for', {}, interrupted)];
    await come(...resumed.filter(({ type }) => type !== 'action'));
    await eventually(async () => (await texts()).join('\n')).toMatch(/^wait_for\(…\) → interrupted/m);
  });

  it('is shown by itself, unless another view was chosen', async () => {
    await open();
    await come('not yet');
    await eventually(() => tab('Text').getAttribute('aria-selected')).toBe('true');
    expect(await tab('Trace').count()).toBe(0);
    await come(...sample().slice(0, 3));
    await eventually(() => tab('Trace').getAttribute('aria-selected')).toBe('true');
    await tab('Events').click();
    await view.page.getByRole('treegrid').waitFor();
    await come(...sample().slice(3));
    await set({ run: completed });
    expect(await tab('Events').getAttribute('aria-selected')).toBe('true');
    await tab('Trace').click();
    await eventually(texts).toContain('End answered');
    expect(requests()).toContainEqual({ name: 'view-changed', view: 'trace' });
  });

  it('that was chosen gives way to the text of an output that has none', async () => {
    await open(completed);
    await set({ view: 'trace' });
    await come('only words');
    await eventually(() => tab('Text').getAttribute('aria-selected')).toBe('true');
    await eventually(() => view.page.getByRole('log').innerText()).toBe('only words');
  });

  it('is also that of a result', async () => {
    await open({ ...completed, kind: 'run' });
    await view.post({
      event: { type: 'finished', value: store.addValue({ answer: '84', trace: sample() }, 5) },
    });
    await eventually(texts).toContain('Start helper · scripted · What is 12 * 7?');
    await eventually(totals).toContain('3 steps');
  });

  it('grows while the agent thinks', async () => {
    await open();
    const events = new AgentEvents();
    const [begun, thought, called, seen] = events.call('search', { q: 'tea' }, { content: 'hot' });
    await come(events.start(), begun);
    await eventually(texts).toContain('Step 1 thinking… 0.0 ms');
    await come(
      events.event('model_delta', { text: 'I look ' }),
      events.event('model_delta', { text: 'it up' }),
    );
    await eventually(texts).toContain('Thought I look it up');
    await come(thought, called);
    await eventually(texts).toContain('search {q: "tea"} running…');
    expect(await texts()).not.toContain('Thought I look it up');
    await come(seen);
    await eventually(texts).toContain('search {q: "tea"} → hot 20 ms');
  });

  it('of several agents says whose step it is', async () => {
    await open(completed);
    const [one, two] = [new AgentEvents('s-1'), new AgentEvents('s-2')];
    await come(one.start({ agent: 'one' }), ...one.call('a', {}, { content: 'A' }));
    await eventually(texts).toContain('Step 1 a {} 100 → 10 tokens 100 ms');
    await come(two.start({ agent: 'two' }), ...two.call('b', {}, { content: 'B' }));
    await eventually(texts).toContain('Step 1 one a {} 100 → 10 tokens 100 ms');
    await eventually(texts).toContain('Step 1 two b {} 100 → 10 tokens 100 ms');
  });

  it('is announced by what happened last', async () => {
    await open();
    const said = () => view.page.locator('.announcer').innerText();
    await come(...sample().slice(0, 5));
    await eventually(said).toBe('Step 1: calculate {expression: "12*7"} → 84');
    await come(...sample().slice(5));
    await eventually(said).toBe('End: answered');
  });

  it('says of a call that was never answered that there is no result', async () => {
    await open(completed);
    await come(...sample().slice(0, 4));
    await eventually(texts).toContain('calculate {expression: "12*7"} no result');
  });

  it('says what works less well than it should', async () => {
    await open(running);
    const events = new AgentEvents();
    const problem = 'A text got no vector (TimeoutError): memory is searched by words instead.';
    await come(events.start(), events.event('memory_degraded', { problem }));
    await eventually(texts).toContain(`Warning ${problem}`);
  });

  it('is walked, opened, closed and copied by keyboard', async () => {
    await open(completed);
    await come(...sample());
    await eventually(texts).toContain('End answered');
    await tree().focus();
    await press('Home', 'ArrowDown', 'ArrowLeft');
    await eventually(active).toBe('Step 1 calculate {expression: "12*7"} 100 → 10 tokens 100 ms');
    expect(await texts()).not.toContain('Thought I call calculate.');
    await press('ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowRight');
    await eventually(active).toBe('Arguments {1}');
    await press('ArrowDown', 'Control+c');
    await eventually(requests).toContainEqual({ type: 'copyText', text: '12*7' });
    await press('ArrowDown');
    await eventually(active).toBe('Result 84');
    await press('ArrowLeft', 'Control+c');
    await eventually(requests).toContainEqual({
      type: 'copyText',
      text: JSON.stringify({ tool: 'calculate', arguments: { expression: '12*7' }, result: '84' }, null, 2),
    });
    await press('End');
    await eventually(active).toBe('End answered');
    const id = await tree().getAttribute('aria-activedescendant');
    expect(await view.page.locator(`#${id}`).innerText()).toContain('answered');
    await press('*');
    await eventually(active).toBe('End answered');
    await button('Collapse All Steps').click();
    await eventually(() => rows().count()).toBe(6);
  });

  it('is searched, also in what is closed', async () => {
    await open(completed);
    const events = new AgentEvents();
    const steps = Array.from({ length: 500 }, (_, step) =>
      events.call('look_up', { word: `w${step}` }, { content: `about needle-${step};` }),
    );
    await come(events.start(), ...steps.flat());
    await eventually(totals).toContain('500 steps');
    await button('Search Output').click();
    await view.page.getByRole('textbox', { name: 'Search Output' }).fill('needle-321;');
    await eventually(active).toMatch(/^look_up \{word: "w321"\} → about needle-321;/);
  });

  it('of a result is searched too', async () => {
    await open({ ...completed, kind: 'run' });
    const events = new AgentEvents();
    const steps = Array.from({ length: 100 }, (_, step) =>
      events.call('look_up', { word: `w${step}` }, { content: `about needle-${step};` }),
    );
    await view.post({ event: { type: 'finished', value: store.addValue({ trace: steps.flat() }, 5) } });
    await eventually(totals).toContain('100 steps');
    await button('Search Output').click();
    await view.page.getByRole('textbox', { name: 'Search Output' }).fill('needle-77;');
    await eventually(active).toMatch(/^look_up \{word: "w77"\}/);
  });

  it('asks for a step to be resumed after, and for its memory', async () => {
    await open(completed);
    await come(...sample());
    await button('Resume from This Step').first().click();
    await eventually(requests).toContainEqual({ name: 'resume-requested', session: 's-1', step: 1 });
    await button('Memory and Graph').nth(1).click();
    await eventually(requests).toContainEqual({ name: 'session-requested', session: 's-1', step: 2 });
    view.sent.length = 0;
    await set({ resumeProblem: 'It takes no session.' });
    await eventually(() => button('Resume from This Step').first().getAttribute('title')).toBe(
      'It takes no session.',
    );
    const line = (name: string) =>
      button(name)
        .first()
        .evaluate((link) => getComputedStyle(link).textDecorationLine);
    expect([await line('Resume from This Step'), await line('Memory and Graph')]).toEqual([
      'none',
      'underline',
    ]);
    await button('Resume from This Step').first().click({ force: true });
    await button('Memory and Graph').first().click();
    await eventually(requests).toEqual([{ name: 'session-requested', session: 's-1', step: 1 }]);
  });

  it('of ten thousand steps is drawn only where it is seen', async () => {
    await open(completed);
    const events = new AgentEvents();
    for (let part = 0; part < 20; part += 1) {
      const steps = Array.from({ length: 500 }, (_, step) => events.call('a', { step }, { content: 'b' }));
      await come(...steps.flat());
    }
    await eventually(totals).toContain('10,000 steps');
    await eventually(async () => (await texts()).at(-1)).toMatch(/^Step 10,000 /);
    await tree().focus();
    await press('End');
    await eventually(active).toMatch(/^Step 10,000 /);
    await press('*');
    await eventually(async () => (await rows().first().getAttribute('id'))?.length).toBeGreaterThan(8);
    await eventually(active).toMatch(/^Step 10,000 /);
    await press('End');
    await eventually(active).toMatch(/^Checkpoint/);
    expect(await rows().count()).toBeLessThan(100);
  });

  it('lets nothing of an agent load, run or look like ours', async () => {
    const loaded: string[] = [];
    await open(completed);
    view.page.on('request', (request) => loaded.push(request.url()));
    const bad = '<img src="http://evil.invalid/a" onerror="document.title=1"><b>x</b>';
    const events = new AgentEvents(bad);
    await come(
      events.start({ agent: bad, model: bad, input: bad }),
      events.event('memory_recalled', { memories: [{ kind: bad, text: bad, score: 'x' }, 7, null] }),
      ...events.call(bad, { [bad]: bad }, { ok: false, error: bad, content: bad }, bad),
      events.event('action', { tool: null, arguments: 'none', call: 5 }),
      events.event('observation', { content: null, elapsed_ms: 'long' }),
      events.event('graph_changed', {}),
      events.event('working_changed', { set: [1], removed: 'x' }),
      events.event('memory_degraded', { problem: bad }),
      events.event('memory_degraded', { problem: 7 }),
      ...events.answer(`${bad} [js](javascript:document.title=1) [ok](https://example.invalid/)`),
      events.event('session_ended', { reason: bad, error: bad }),
    );
    await eventually(async () => (await texts()).at(-1)).toContain('<b>x</b>');
    await button('Expand All Steps').click();
    await eventually(texts).toContain(`Start ${bad} · ${bad} · ${bad}`);
    expect(await tree().locator('img, b, [onerror]').count()).toBe(0);
    expect(await view.page.title()).toBe('greet');
    expect(loaded.filter((url) => !url.startsWith('http://run-page.invalid/'))).toEqual([]);
    expect(view.blocked).toEqual([]);
    expect(view.errors).toEqual([]);
  });

  it('can be used in a narrow place, as at twice the size', async () => {
    await open(completed, 'light', 350);
    await come(...long());
    await eventually(texts).toContain('End answered');
    const wide = await view.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const hidden = () =>
      tree().evaluate((node) => {
        const last = node.querySelector('.line:last-of-type')?.getBoundingClientRect().bottom ?? 0;
        return last - node.getBoundingClientRect().bottom;
      });
    await eventually(hidden).toBeLessThanOrEqual(0);
    await view.screenshot('trace-narrow');
    expect(await view.axe()).toEqual([]);
  });

  it.each(THEMES)('can be used by everyone in the theme %s', async (theme) => {
    await open(completed, theme);
    await view.page.setViewportSize({ width: theme === 'light' ? 560 : 700, height: 1_250 });
    await view.page.locator('run-output').evaluate((node: HTMLElement) => {
      node.style.setProperty('height', '1200px');
    });
    await come(...recorded());
    await tree().focus();
    await press('Home', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await press('ArrowRight', 'ArrowRight');
    await eventually(active).toMatch(/^Arguments/);
    await view.screenshot(`trace-${theme}`);
    expect(await view.axe()).toEqual([]);
    expect(view.blocked).toEqual([]);
    expect(view.errors).toEqual([]);
  });
});

function long(): Record<string, unknown>[] {
  const events = new AgentEvents();
  return [
    events.start(),
    ...events.call('calculate', { expression: '12*7' }, { content: '84', elapsed_ms: 700 }),
    events.event('memory_recalled', {
      memories: [{ id: 'm', kind: 'episodic', text: 'Tea is hot.', score: 0.82, recalls: 2 }],
      tokens: 5,
    }),
    ...events.call('look_up', { word: 'tea' }, { ok: false, error: 'not_found', content: 'No such tool' }),
    ...events.answer('It is **84**.\n\n- one\n- two'),
  ];
}
