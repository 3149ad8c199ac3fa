import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HostMessage, PageContent, PageMessage } from '../../../extension/src/panel/messages';
import { allWords } from '../../../extension/src/panel/words';
import { newRun, type RunEvent, reduce } from '../../../extension/src/runs/view_model';
import type { EntrypointInfo, RunOutcome } from '../../../extension/src/server/protocol.generated';
import { chunk } from '../output/chunks';
import { content, info } from './contents';
import { eventually, THEMES, type Theme, WebviewBundle, type WebviewPage } from './webview_page';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const words = allWords();
const fresh = newRun({ runId: 'r', kind: 'stream' });
const target = {
  host: '::1',
  port: 8450,
  agentId: null,
  source: 'registry',
  leavesMachine: false,
  cloud: false,
  address: '[::1]:8450',
  copiesToCloud: null,
} as const;
const running: RunEvent = { type: 'state', params: { runId: 'r', state: 'running', target } };

let bundle: WebviewBundle;
let view: WebviewPage;

beforeAll(async () => {
  bundle = await WebviewBundle.of({ file: 'main.ts' });
});
afterAll(() => bundle.close());
afterEach(() => view.close());

async function open(changes: Partial<PageContent> = {}, theme: Theme = 'dark'): Promise<void> {
  view = await bundle.open(theme);
  await eventually(() => view.sent).toContainEqual({ type: 'ready' });
  await post({ type: 'show', content: { ...content, ...changes }, words });
  await post({ type: 'focus' });
  await view.page.getByRole('heading', { name: content.tag }).waitFor();
}

function runAfter(...events: RunEvent[]) {
  return { model: events.reduce(reduce, fresh), elapsedMs: 1500, output: { end: 0, silentMs: 0 } };
}

const post = (message: HostMessage) => view.post(message);
const happen = (event: RunEvent) => post({ type: 'event', runId: 'r', event });

function finished(more: Partial<RunOutcome> = {}): RunEvent {
  return {
    type: 'finished',
    outcome: { runId: 'r', state: 'completed', target, elapsedMs: 2300, chunks: 2, ...more },
  };
}
const phase = () => view.page.locator('.phase').textContent();
const button = (name: string) => view.page.getByRole('button', { name, exact: true });
const sentRuns = () => (view.sent as PageMessage[]).filter(({ type }) => type === 'run');

const cases = ['a', 'b', 'broken'].map((name) => ({
  uri: `file:///${name}.json`,
  name,
  problem: name === 'broken' ? 'This is not JSON.' : null,
}));
const failed = finished({
  state: 'failed',
  error: {
    code: 'TIMEOUT',
    message: 'Too slow.',
    suggestion: 'Raise it.',
    action: 'change-timeout',
    details: null,
  },
});
const [topic] = info.parameters;
const longInfo = {
  ...info,
  parameters: Array.from({ length: 30 }, (_none, index) => ({
    ...topic,
    required: false,
    name: `topic_${index}`,
  })),
} as EntrypointInfo;

function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

describe('the run page', () => {
  it('shows state, target and text as they come, and says what it has drawn', async () => {
    await open({ run: runAfter(running) });
    await eventually(phase).toBe('Running');
    await happen({ type: 'output', seq: 0, items: [chunk(0, 'Once '), chunk(1, 'upon a time')] });
    await eventually(() => view.sent).toContainEqual({
      type: 'outputRequest',
      request: { type: 'drawn', runId: 'r', seq: 0 },
    });
    expect(await view.page.getByRole('log').innerText()).toContain('Once upon a time');
    expect(await view.page.locator('.target').textContent()).toBe(
      'Agent at [::1]:8450 · served locally · on this machine',
    );
    await happen(finished());
    await eventually(() => view.page.locator('.state').innerText()).toBe('Completed\n2.3 s');
  });

  it('offers to debug a function that failed, and none of an agent that does not start', async () => {
    const error = { code: 'INTERNAL_ERROR', message: 'It failed.', suggestion: null, details: null };
    await open({ run: runAfter(finished({ state: 'failed', error })) });
    await button('Debug with This Input').waitFor();
    await post({
      type: 'update',
      changes: { run: runAfter(finished({ state: 'failed', error, target: null })) },
    });
    await button('Debug with This Input').waitFor({ state: 'detached' });
  });

  it('sends the inputs as they stand, and keeps the form while a run goes on', async () => {
    await open();
    await button('Stream').click();
    await eventually(sentRuns).toEqual([{ type: 'run', inputs: content.inputs, inputsAt: content.inputsAt }]);
    await post({ type: 'update', changes: { run: runAfter(running) } });
    await button('Cancel').click();
    await eventually(() => view.sent).toContainEqual({ type: 'command', command: 'cancel' });
    await happen(finished({ state: 'cancelled', stopped: false }));
    await eventually(phase).toBe('Cancelled');
    expect(await view.page.locator('p.notice').textContent()).toMatch(/may still be running/);
    await button('Stream').click();
    await eventually(sentRuns).toHaveLength(2);
  });

  it('leads to the session that a run has made, and on where it was interrupted', async () => {
    const error = { code: 'AGENT_STOPPED', message: 'It is gone.', suggestion: null, details: null };
    await open({ run: runAfter(running), session: { session: 's-1', state: null } });
    await button('Show Session').click();
    await eventually(() => view.sent).toContainEqual({ type: 'showSession', session: 's-1', step: null });
    expect(await button('Resume Session').count()).toBe(0);
    await happen(finished({ state: 'failed', error }));
    await post({ type: 'update', changes: { session: { session: 's-1', state: 'interrupted' } } });
    await view.page.getByText('The session of this run was interrupted.').waitFor();
    await button('Resume Session').click();
    await eventually(() => view.sent).toContainEqual({ type: 'resumeSession', session: 's-1', step: null });
    await view.screenshot('run-page-session');
    expect(await view.axe()).toEqual([]);
  });

  it('takes what the trace asks of a session to the extension', async () => {
    await open({ run: runAfter(running) });
    const ask = (type: string) =>
      view.page
        .locator('run-output')
        .evaluate(
          (output, name) =>
            output.dispatchEvent(new CustomEvent(name, { detail: { session: 's', step: 4 } })),
          type,
        );
    await ask('session-requested');
    await ask('resume-requested');
    await eventually(() => view.sent).toContainEqual({ type: 'showSession', session: 's', step: 4 });
    await eventually(() => view.sent).toContainEqual({ type: 'resumeSession', session: 's', step: 4 });
  });

  it('asks nothing of a session that is not on this machine, and says why', async () => {
    const event = (type: string, more: object) =>
      JSON.stringify({ type, session: 's', seq: 0, step: 1, at: 1, ...more });
    const events = [
      event('session_started', { trace: 'agent_runtime/1', agent: 'helper', input: 'Tea?' }),
      event('step_started', {}),
    ];
    const links = () =>
      view.page
        .locator('.checkpoint button')
        .evaluateAll((all) =>
          all.map((link) => [link.getAttribute('aria-disabled'), link.getAttribute('title')]),
        );
    const session = { session: 's', state: 'ended' } as const;
    await open({ run: runAfter(running), session });
    const items = [...events, event('checkpoint', {})].map((text, at) => chunk(at, text, 'value'));
    await happen({ type: 'output', seq: 0, items });
    await happen(finished());
    await eventually(async () => (await links()).map(([isDisabled]) => isDisabled)).toEqual([
      'true',
      'false',
    ]);
    await post({ type: 'update', changes: { session: null } });
    await eventually(async () => (await links()).map(([isDisabled]) => isDisabled)).toEqual(['true', 'true']);
    expect((await links()).map(([, title]) => title)).toEqual(Array(2).fill(words.page.session.notHere));
    for (const link of await view.page.locator('.checkpoint button').all()) await link.click({ force: true });
    expect(view.sent.filter((message) => /Session$/.test((message as PageMessage).type))).toEqual([]);
    expect(await view.axe()).toEqual([]);
  });

  it('executes and loads nothing that an agent sends', async () => {
    const requests: string[] = [];
    await open({ run: runAfter(running) });
    view.page.on('request', (request) => requests.push(request.url()));
    await happen({
      type: 'output',
      seq: 0,
      items: [
        chunk(
          0,
          '<script>document.title="x"</script><img src="http://evil.invalid/x" onerror="document.title=1">',
        ),
      ],
    });
    const error = { code: '<b>', message: '<img src=x>', suggestion: '<a>', details: null };
    await happen(finished({ state: 'failed', error }));
    await eventually(phase).toBe('Failed');
    expect(await view.page.locator('main :is(script, img)').count()).toBe(0);
    expect(await view.page.title()).toBe('greet');
    expect(requests.filter((url) => !url.startsWith('http://run-page.invalid/'))).toEqual([]);
  });

  it('starts afresh with the next run, and hears no more of the one before', async () => {
    await open({ run: runAfter(running) });
    await happen({ type: 'output', seq: 0, items: [chunk(0, 'old')] });
    const log = () => view.page.getByRole('log').innerText();
    await eventually(log).toContain('old');
    await post({ type: 'update', changes: { run: { ...runAfter(), model: { ...fresh, runId: 'r2' } } } });
    await eventually(phase).toBe('Preparing');
    await happen({ type: 'output', seq: 1, items: [chunk(0, 'late')] });
    await post({
      type: 'event',
      runId: 'r2',
      event: { type: 'output', seq: 0, items: [chunk(0, 'new')] },
    });
    await eventually(log).toBe('new');
  });

  it('sends options as they are set, and says of a limit that it is none', async () => {
    await open();
    await view.page.getByText('Options').click();
    await view.page.getByLabel('User ID').fill('ada');
    await view.page.getByLabel('Between outputs').fill('soon');
    await view.page.getByLabel('In all').fill('0');
    await view.page.getByLabel('In all').blur();
    await eventually(() => view.sent).toContainEqual({
      type: 'options',
      options: { userId: 'ada', timeouts: { total: null } },
    });
    expect(await view.page.getByRole('alert').innerText()).toBe('This is not a number of seconds.');
    await view.page.getByLabel('Between outputs').fill('2,5');
    await view.page.getByLabel('Between outputs').blur();
    await eventually(() => view.sent).toContainEqual({
      type: 'options',
      options: { userId: 'ada', timeouts: { total: null, idle: 2.5 } },
    });
  });

  it('offers cases, and to save what was changed', async () => {
    await open({ cases, caseUri: 'file:///b.json', caseInputs: content.inputs });
    const list = view.page.getByRole('combobox', { name: 'Case' });
    expect(await list.locator('option').allInnerTexts()).toEqual(['No case', 'a', 'b', 'broken']);
    expect(await list.inputValue()).toBe('file:///b.json');
    expect(await button('Save Inputs into Case').count()).toBe(0);
    await view.page.getByLabel('topic', { exact: true }).fill('coffee');
    await button('Save Inputs into Case').click();
    await eventually(() => view.sent).toContainEqual({ type: 'command', command: 'saveCase' });
    expect(await list.locator('option:checked').innerText()).toBe('b (changed)');
    await list.selectOption({ label: 'a' });
    await eventually(() => view.sent).toContainEqual({ type: 'useCase', uri: 'file:///a.json' });
    await post({
      type: 'update',
      changes: {
        caseUri: 'file:///a.json',
        caseInputs: content.inputs,
        inputs: { args: [], kwargs: { topic: 'tea' } },
      },
    });
    await eventually(() => button('Save Inputs into Case').count()).toBe(0);
    expect(await view.page.getByLabel('topic', { exact: true }).inputValue()).toBe('tea');
  });

  it('keeps the button that saves a case in its place, so that none to delete comes under the pointer', async () => {
    await open({ cases, caseInputs: content.inputs });
    const before = await button('Save Inputs as New Case…').boundingBox();
    await post({ type: 'update', changes: { caseUri: 'file:///b.json' } });
    await button('Delete Case…').waitFor();
    expect(await button('Save Inputs as New Case…').boundingBox()).toEqual(before);
  });

  it('says before the run where it goes, and asks for another place', async () => {
    await open();
    await button('Change where runs go, now: This machine').click();
    await eventually(() => view.sent).toContainEqual({ type: 'command', command: 'chooseTarget' });
  });

  it('says why there is no form', async () => {
    await open({ info: null, problem: 'The server is not ready.' });
    expect(await view.page.getByRole('alert').innerText()).toBe('The server is not ready.');
    expect(await button('Stream').count()).toBe(0);
  });

  it('runs by Ctrl+Enter wherever the keyboard is, and lets nobody else hear of it', async () => {
    await open({ run: runAfter(running, finished()) });
    await view.page.evaluate(() => {
      Object.assign(window, { heard: [] });
      window.addEventListener('keydown', ({ key }) =>
        (window as never as { heard: string[] }).heard.push(key),
      );
    });
    await button('Stream').focus();
    await view.page.keyboard.press('Control+Enter');
    await view.page.getByLabel('topic', { exact: true }).press('Control+Enter');
    await eventually(sentRuns).toHaveLength(2);
    await view.page.keyboard.press('Escape');
    const heard = await view.page.evaluate(() => (window as never as { heard: string[] }).heard);
    expect(heard.filter((key) => key !== 'Control')).toEqual(['Escape']);
    expect(sentRuns()).toHaveLength(2);
  });

  it('brings what happens into sight below a long form', async () => {
    await open({ info: longInfo, inputs: { args: [], kwargs: {} } });
    await post({ type: 'update', changes: { run: runAfter(running) } });
    await eventually(() => view.page.locator('.phase').evaluate(isInSight)).toBe(true);
  });

  it.each(THEMES)('leaves the output most of half a window, and its button in sight (%s)', async (theme) => {
    await open({ info: longInfo, inputs: { args: [], kwargs: {} } }, theme);
    await view.page.setViewportSize({ width: 600, height: 860 });
    await post({ type: 'update', changes: { run: runAfter(running) } });
    await happen({ type: 'output', seq: 0, items: [chunk(0, 'a line\n'.repeat(500))] });
    const height = (of: string) =>
      view.page.locator(of).evaluate((element) => element.getBoundingClientRect().height);
    await eventually(() => height('run-output')).toBeGreaterThan(860 / 3);
    expect(await button('Cancel').evaluate(isInSight)).toBe(true);
    expect(await view.page.locator('run-output').evaluate(isInSight)).toBe(true);
    const last = view.page.getByLabel('topic_29', { exact: true });
    await last.scrollIntoViewIfNeeded();
    await last.fill('tea');
    expect(await button('Cancel').evaluate(isInSight)).toBe(true);
    await view.screenshot(`page-half-${theme}`);
    expect(await view.axe()).toEqual([]);
  });

  it.each([
    ['narrow', { width: 350, height: 500 }],
    ['wide', { width: 1200, height: 700 }],
  ])('has everything within its width when it is %s', async (name, size) => {
    await open({ cases, caseUri: 'file:///b.json', run: runAfter(running, failed) });
    await view.page.setViewportSize(size);
    await eventually(phase).toBe('Failed');
    await view.page.getByText('Options').click();
    const page = view.page.locator('run-page');
    expect(await page.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    await view.screenshot(`page-${name}`);
    expect(await view.axe()).toEqual([]);
  });

  it('looks at the output of the next run, and when it is made anew, as the user chose', async () => {
    await open({ run: runAfter(running) });
    await happen({ type: 'output', seq: 0, items: [chunk(0, 'old')] });
    await view.page.getByRole('tab', { name: 'Events' }).click();
    await post({ type: 'update', changes: { run: { ...runAfter(), model: { ...fresh, runId: 'r2' } } } });
    await post({ type: 'event', runId: 'r2', event: { type: 'output', seq: 0, items: [chunk(0, 'new')] } });
    await eventually(() => view.page.getByRole('treegrid').innerText()).toContain('new');
    await eventually(() => view.state()).toMatchObject({ view: 'events' });
  });

  it.each(THEMES)('can be used by everyone in the theme %s', async (theme) => {
    await open({ run: runAfter(running) }, theme);
    await happen({ type: 'output', seq: 0, items: [chunk(0, '# Tea\n\nOnce')] });
    await eventually(phase).toBe('Running');
    expect(view.blocked).toEqual([]);
    expect(view.errors).toEqual([]);
    expect(await view.axe()).toEqual([]);
    await view.screenshot(`page-running-${theme}`);
  });
});
