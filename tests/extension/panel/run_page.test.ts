import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pageHtml } from '../../../extension/src/panel/html';
import type { HostMessage, PageMessage, Words } from '../../../extension/src/panel/messages';
import type { DisplayItem } from '../../../extension/src/runs/display';
import { newRun, type RunEvent, reduce, TOTAL_LIMIT } from '../../../extension/src/runs/view_model';
import type { RunOutcome } from '../../../extension/src/server/protocol.generated';

const ORIGIN = 'http://run-page.invalid';
const source = path.resolve(import.meta.dirname, '../../../extension/src/panel/webview');
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const words: Words = {
  phases: {
    preparing: 'Preparing',
    resolving: 'Looking',
    serving: 'Starting the agent',
    connecting: 'Connecting',
    running: 'Running',
    waiting: 'Waiting to try again',
    cancelling: 'Cancelling',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  kinds: { run: 'Run', stream: 'Stream' },
  cancel: 'Cancel',
  runAgain: 'Run Again',
  editInputs: 'Edit Inputs',
  openDocument: 'Open as Document',
  jumpToEnd: 'Jump to End',
  output: 'Output',
  errorHeading: 'The run failed',
  refusedHeading: 'Nothing was sent',
  errorKinds: {
    network: 'network trouble',
    dns: 'dns',
    tls: 'tls',
    'timeout-connect': 'connect',
    'timeout-idle': 'idle',
    'timeout-total': 'total',
    protocol: 'protocol',
    'circuit-open': 'paused',
    overloaded: 'overloaded',
  },
  tracebackHeading: 'Where it failed',
  inFunction: 'in {0}',
  noOutput: 'No output.',
  unknownFrame: 'Message of unknown kind',
  ranOn: 'Agent at {0}',
  ranInCloud: 'Cloud at {0}',
  onThisMachine: 'on this machine',
  leftTheMachine: 'inputs leave this machine',
  copiesToCloud: 'a copy goes to the cloud',
  sources: {
    explicit: 'chosen',
    setting: 'from the settings',
    registry: 'served locally',
    served: 'served here',
    cloud: 'in the cloud',
  },
  onePiece: '1 piece',
  pieces: '{0} pieces',
  firstPiece: 'first after {0}',
  attempts: '{0} attempts',
  cutNote: 'Only the first {0} of {1} characters are shown.',
  droppedNote: '{0} earlier characters are not shown.',
  actions: { 'run-as-stream': 'Run as Stream', 'send-anyway': 'Send Anyway' },
  hints: { 'set-api-key': 'There is a command for the key.' },
};
const fresh = newRun({ runId: 'r', tag: 'story_stream', project: 'hello', kind: 'stream' });
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

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let browser: Browser;
let files: Map<string, string>;
let page: Page;
let sent: PageMessage[];

beforeAll(async () => {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error(`Chromium is needed, looked for ${PLACES.join(', ')}`);
  const bundle = await build({
    entryPoints: [path.join(source, 'main.ts'), path.join(source, 'run_page.css')],
    bundle: true,
    write: false,
    outdir: '/',
    format: 'iife',
  });
  files = new Map(bundle.outputFiles.map((file) => [path.basename(file.path), file.text]));
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
});

afterAll(() => browser.close());

beforeEach(async () => {
  sent = [];
  page = await browser.newPage();
  await page.exposeFunction('sendToTest', (message: PageMessage) => sent.push(message));
  await page.addInitScript(() => {
    const api = { postMessage: (message: unknown) => (window as never as Sender).sendToTest(message) };
    Object.assign(window, { acquireVsCodeApi: () => api });
  });
  await page.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const html = pageHtml({
      cspSource: ORIGIN,
      nonce: 'abc',
      scriptUri: `${ORIGIN}/main.js`,
      styleUri: `${ORIGIN}/run_page.css`,
      iconsUri: `${ORIGIN}/codicon.css`,
      title: 'story_stream',
      language: 'en',
    });
    const contentType = name.endsWith('.js')
      ? 'text/javascript'
      : name.endsWith('.css')
        ? 'text/css'
        : 'text/html';
    return route.fulfill({ body: name === '' ? html : (files.get(name) ?? ''), contentType });
  });
  await page.goto(ORIGIN);
  await eventually(() => sent).toContainEqual({ type: 'ready' });
});

afterEach(() => page.close());

/** Waits longer than `expect.poll` does by itself: two busy cores can hold a browser up. */
function eventually<T>(get: () => T) {
  return expect.poll(get, { timeout: 20_000 });
}

interface Sender {
  sendToTest(message: unknown): void;
}

async function post(message: HostMessage): Promise<void> {
  await page.evaluate((data) => window.postMessage(data), message as unknown);
}

async function show(...events: RunEvent[]): Promise<void> {
  await post({ type: 'show', model: events.reduce(reduce, fresh), elapsedMs: 1500, words });
}

let seq = 0;
function output(...items: DisplayItem[]): Promise<void> {
  seq += 1;
  return post({ type: 'event', runId: 'r', event: { type: 'output', seq, items } });
}
const text = (content: string): DisplayItem => ({ kind: 'text', text: content });

function finished(more: Partial<RunOutcome> = {}): RunEvent {
  return {
    type: 'finished',
    outcome: { runId: 'r', state: 'completed', target, elapsedMs: 2300, chunks: 2, ...more },
  };
}
const end = (more: Partial<RunOutcome> = {}) => post({ type: 'event', runId: 'r', event: finished(more) });
const log = () => page.getByRole('log', { name: 'Output' });
const phase = () => page.locator('.phase').textContent();

describe('the run page', () => {
  it('shows state, target and text as they come, and says what it has drawn', async () => {
    await show({ type: 'state', params: { runId: 'r', state: 'running', target } });
    await eventually(phase).toBe('Running');
    await output(text('Once '), text('upon '));
    await output(text('a time'), { kind: 'value', text: '{}' });
    await eventually(() => log().innerText()).toBe('Once upon a time\n{}');
    await eventually(() => sent).toContainEqual({ type: 'drawn', runId: 'r', seq });
    expect(await page.locator('.target').textContent()).toBe(
      'Agent at [::1]:8450 · served locally · on this machine',
    );
    await end({ firstChunkMs: 20 });
    await expect
      .poll(() => page.locator('.state').innerText())
      .toBe('Completed\n2.3 s\n4 pieces, first after 20 ms');
  });

  it('counts a single piece in the singular', async () => {
    await show();
    await output(text('all of it'));
    await end({ chunks: 1 });
    await eventually(() => page.locator('.state').innerText()).toContain('1 piece');
    expect(await page.locator('.state').innerText()).not.toContain('pieces');
  });

  it('executes and loads nothing that an agent sends', async () => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await show();
    await output(
      text('<script>document.title="x"</script><img src="http://evil.invalid/x" onerror="document.title=1">'),
      { kind: 'value', text: '"<a href=\\"command:evil\\">x</a>"' },
      { kind: 'frame', text: '<style>*{display:none}</style>' },
    );
    await end({
      state: 'failed',
      error: { code: '<b>', message: '<img src=x>', suggestion: '<a>', details: null },
    });
    await eventually(phase).toBe('Failed');
    expect(await log().innerText()).toContain('<script>document.title="x"</script><img');
    expect(await page.locator('main :is(script, img, a, style, b)').count()).toBe(0);
    expect(await page.title()).toBe('story_stream');
    expect(requests).toEqual([]);
  });

  it('shows the head of a long piece and offers the rest', async () => {
    await show();
    await output({ kind: 'text', text: 'head', wholeLength: 10_000_000 });
    const note = log().locator('.note');
    await expect
      .poll(() => note.innerText())
      .toBe('Only the first 4 of 10,000,000 characters are shown. Open as Document');
    await note.getByRole('button').click();
    await eventually(() => sent).toContainEqual({ type: 'command', command: 'openDocument' });
  });

  it('stays small under a flood and says what it let go', async () => {
    await show();
    for (let batch = 0; batch < 30; batch += 1) {
      await output(...Array.from({ length: 40 }, () => text(`${'z'.repeat(999)}\n`)));
    }
    await eventually(() => sent).toContainEqual({ type: 'drawn', runId: 'r', seq });
    const kept = await log().evaluate((node) => node.textContent?.length ?? 0);
    expect(kept).toBeLessThanOrEqual(TOTAL_LIMIT);
    const dropped = (1_200_000 - kept).toLocaleString('en-US');
    expect(await page.locator('.output > .note').first().innerText()).toBe(
      `${dropped} earlier characters are not shown.`,
    );
  });

  it('follows the end until the reader scrolls away, and again on demand', async () => {
    await show();
    const lines = (count: number) => text('line\n'.repeat(count));
    const distance = () => log().evaluate((node) => node.scrollHeight - node.clientHeight - node.scrollTop);
    await output(lines(300));
    await eventually(distance).toBeLessThan(2);
    await log().evaluate((node) => node.scrollTo(0, 100));
    await page.getByRole('button', { name: 'Jump to End' }).waitFor();
    await output(lines(300));
    await eventually(() => log().evaluate((node) => node.textContent?.length)).toBe(3000);
    expect(await log().evaluate((node) => node.scrollTop)).toBe(100);
    await page.getByRole('button', { name: 'Jump to End' }).click();
    await eventually(distance).toBeLessThan(2);
  });

  it('asks to cancel and hands the keyboard on to Run Again', async () => {
    await show();
    await page.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('Enter');
    await eventually(() => sent).toContainEqual({ type: 'command', command: 'cancel' });
    await post({ type: 'event', runId: 'r', event: { type: 'cancelling' } });
    await end({ state: 'cancelled', stopped: false });
    await eventually(phase).toBe('Cancelled');
    expect(await page.locator(':focus').textContent()).toBe('Run Again');
    expect(await page.locator('p.notice').textContent()).toMatch(/may still be running/);
    await page.keyboard.press('Enter');
    await eventually(() => sent).toContainEqual({ type: 'command', command: 'runAgain' });
  });

  it('offers the suggestion of an error as a button', async () => {
    const error = {
      code: 'C',
      message: 'Cannot be called.',
      suggestion: 'Stream it.',
      action: 'run-as-stream',
      details: null,
    } as const;
    await show(finished({ state: 'failed', error }));
    await eventually(() => page.getByRole('alert').innerText()).toContain('Cannot be called.\n\nStream it.');
    await page.getByRole('button', { name: 'Run as Stream' }).click();
    await eventually(() => sent).toContainEqual({ type: 'command', command: 'errorAction' });
  });

  it('names what the editor has for an error before the suggestion for everyone', async () => {
    const error = { code: 'C', message: 'No key.', suggestion: 'Sign in.', details: null } as const;
    await show(finished({ state: 'failed', error: { ...error, action: 'set-api-key' } }));
    await eventually(() => page.getByRole('alert').innerText()).toContain(
      'No key.\n\nThere is a command for the key.\n\nSign in.',
    );
    await show(finished({ state: 'failed', error }));
    await eventually(() => page.getByRole('alert').innerText()).toContain('No key.\n\nSign in.');
  });

  it('says where a run goes when it leaves the machine', async () => {
    const cloud = {
      ...target,
      source: 'cloud',
      cloud: true,
      address: 'https://cloud.invalid',
      leavesMachine: true,
    } as const;
    await show({ type: 'state', params: { runId: 'r', state: 'running', target: cloud } });
    const line = page.locator('.target.shared');
    await eventually(() => line.textContent()).toBe(
      'Cloud at https://cloud.invalid · in the cloud · inputs leave this machine',
    );
  });

  it('lists each problem of refused inputs and offers to edit or to send them', async () => {
    const problem = { path: [], expected: null, certain: true };
    const problems = [
      { ...problem, parameter: 'name', message: 'is missing' },
      { ...problem, parameter: 'order', path: ['order', 'items', 0], message: 'is no text' },
    ];
    await show(
      finished({
        state: 'failed',
        error: {
          code: 'VALIDATION_ERROR',
          message: 'Two inputs do not fit.',
          suggestion: null,
          action: 'send-anyway',
          details: { problems },
        },
      }),
    );
    const alert = page.getByRole('alert');
    await eventually(() => alert.locator('h2').innerText()).toBe('Nothing was sent VALIDATION_ERROR');
    expect(await alert.getByRole('listitem').allInnerTexts()).toEqual([
      'name is missing',
      'order.items[0] is no text',
    ]);
    await alert.getByRole('button', { name: 'Edit Inputs' }).click();
    await eventually(() => sent).toContainEqual({ type: 'command', command: 'editInputs' });
    await alert.getByRole('button', { name: 'Send Anyway' }).click();
    await eventually(() => sent).toContainEqual({ type: 'command', command: 'errorAction' });
  });

  it('says the kind of a failure, links the frames of the project, and counts attempts', async () => {
    const frames = [
      { uri: null, file: '/lib/server.py', line: 9, function: 'call', text: null },
      { uri: 'file:///p/main.py', file: 'main.py', line: 11, function: 'greet', text: 'raise <b>' },
    ];
    const error = {
      code: 'C',
      message: 'm',
      suggestion: null,
      kind: 'network',
      details: null,
      frames,
    } as const;
    await show(finished({ state: 'failed', attempts: 3, error: { ...error, frames } }));
    const alert = page.getByRole('alert');
    await eventually(() => alert.locator('h2').innerText()).toBe('The run failed C network trouble');
    expect(await alert.getByRole('listitem').allInnerTexts()).toEqual([
      '/lib/server.py:10 in call',
      'main.py:12 in greet\nraise <b>',
    ]);
    expect(await page.locator('.details').innerText()).toContain('3 attempts');
    expect(await alert.getByRole('button').allInnerTexts()).toEqual(['main.py:12']);
    await alert.getByRole('button').click();
    await eventually(() => sent).toContainEqual({ type: 'openFrame', index: 1 });
  });

  it('starts afresh with the next run', async () => {
    await show(
      { type: 'output', seq: 0, items: [text('old')] },
      finished({ state: 'failed', error: { code: 'C', message: 'm', suggestion: null, details: null } }),
    );
    await eventually(() => log().innerText()).toBe('old');
    await post({ type: 'show', model: { ...fresh, runId: 'r2' }, elapsedMs: 0, words });
    await eventually(phase).toBe('Preparing');
    expect(await log().innerText()).toBe('');
    expect(await page.locator('.error').textContent()).toBe('');
    await output(text('late output of the old run'));
    await post({ type: 'event', runId: 'r2', event: { type: 'output', seq: 0, items: [text('new')] } });
    await eventually(() => log().innerText()).toBe('new');
  });

  it('says when there was no output', async () => {
    await show(finished());
    await eventually(() => page.locator('.output').innerText()).toBe('No output.');
  });
});
