import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorWords } from '../../../../extension/src/panel/webview/error/words';
import type { RunError, TracebackFrame } from '../../../../extension/src/server/protocol.generated';
import { eventually, THEMES, type Theme, WebviewBundle, type WebviewPage } from '../webview_page';

const words: ErrorWords = {
  heading: 'The run failed',
  refusedHeading: 'Nothing was sent',
  kinds: {
    network: 'network trouble',
    dns: 'host name not found',
    tls: 'no secure connection',
    'timeout-connect': 'no connection in time',
    'timeout-idle': 'nothing more in time',
    'timeout-total': 'not done in time',
    protocol: 'answer not understood',
    'circuit-open': 'calls paused',
    overloaded: 'too many runs',
  },
  traceback: 'Where it failed',
  inFunction: 'in {0}',
  outsideSteps: '{0} calls outside',
  oneOutsideStep: '1 call outside',
  repeated: '{0} times in a row',
  actions: {
    'run-as-stream': 'Run as Stream',
    'run-as-call': 'Run as Call',
    'show-serve-command': 'Show How to Serve',
    'change-target': 'Change Target',
    'edit-inputs': 'Edit Inputs',
    'change-timeout': 'Change Time Limits',
    'run-again': 'Run Again',
    'show-logs': 'Show Logs',
    'show-problems': 'Show Problems',
    'send-anyway': 'Send Anyway',
    'set-api-key': 'Set API Key',
  },
  hints: { 'set-api-key': 'There is a command for the key.' },
  debug: 'Debug with This Input',
  copy: 'Copy Error',
  details: 'Details',
  showAll: 'Show all {0} characters',
};

const SOURCE = `
import './error/run_error';
const made = document.createElement('run-error');
const heading = document.createElement('h1');
heading.textContent = 'Run greet';
document.getElementById('run').append(heading, made);
for (const type of ['error-action', 'open-frame', 'debug-requested', 'copy-error']) {
  document.addEventListener(type, ({ detail }) => window.sendToTest({ type, detail }));
}
window.addEventListener('message', ({ data }) => Object.assign(made, data));
`;

function frame(file: string, line: number, more: Partial<TracebackFrame> = {}): TracebackFrame {
  return {
    uri: `file:///agent/${file}`,
    file,
    line,
    function: 'greet',
    text: 'raise ValueError(name)',
    ...more,
  };
}

const library = (line: number) =>
  frame('/usr/lib/python3.11/site-packages/llm/a_client_with_a_long_name/transport.py', line, {
    uri: null,
    function: 'call',
    text: null,
  });

const crash: RunError = {
  code: 'INTERNAL_ERROR',
  message: 'no name\nwas given',
  suggestion: 'Try other inputs; the output of `runagent serve` may tell more.',
  action: 'edit-inputs',
  frames: [library(1), frame('agent.py', 11), library(5), library(6), frame('tools/names.py', 0)],
  details: { exception: 'ValueError', status: 500 },
};

let bundle: WebviewBundle;
let shown: WebviewPage;

beforeAll(async () => {
  bundle = await WebviewBundle.of({ source: SOURCE });
});
afterAll(() => bundle.close());
afterEach(async () => {
  expect(shown.errors).toEqual([]);
  expect(shown.blocked).toEqual([]);
  await shown.close();
});

async function show(error: RunError | null, more: { debuggable?: boolean } = {}, theme?: Theme) {
  shown = await bundle.open(theme);
  await shown.post({ words, error, debuggable: true, ...more });
  return shown.page.locator('run-error');
}

describe('<run-error>', () => {
  it('shows nothing without an error, and takes an old one away', async () => {
    const element = await show(crash);
    await element.locator('h2').waitFor();
    await shown.post({ error: null });
    await element.locator('h2').waitFor({ state: 'detached' });
    expect(await element.locator('section').isVisible()).toBe(false);
    expect((await element.innerText()).trim()).toBe('');
  });

  it('announces the words and not the traceback', async () => {
    const element = await show(crash);
    await element.locator('h2').waitFor();
    const alert = element.getByRole('alert');
    expect(await alert.innerText()).toContain('The run failed INTERNAL_ERROR');
    expect(await alert.locator('.text').innerText()).toBe('ValueError: no name\nwas given');
    expect(await alert.innerText()).not.toContain('agent.py');
  });

  it('shows files of the agent from its folder on', async () => {
    const step = frame('/home/ada/agent/main.py', 3, { uri: 'file:///home/ada/agent/main.py' });
    const element = await show({ ...crash, frames: [step] });
    await shown.post({ root: 'file:///home/ada/agent' });
    await element.getByRole('button', { name: 'main.py:4', exact: true }).waitFor();
  });

  it('leaves out the function where a mistake is in none, as in the configuration', async () => {
    const step = frame('runagent.config.json', 3, { function: '', text: '"framework": "langchian",' });
    const element = await show({ ...crash, frames: [step] });
    await element.getByText('langchian').waitFor();
    expect(await element.locator('.frames').innerText()).not.toMatch(/\bin\b/);
  });

  it('opens the steps of the project by the keyboard and folds the others', async () => {
    const element = await show(crash);
    const links = element.locator('.link');
    await links.first().waitFor();
    expect(await links.allInnerTexts()).toEqual(['agent.py:12', 'tools/names.py:1']);
    expect(await element.locator('summary').allInnerTexts()).toEqual([
      '1 call outside',
      '2 calls outside',
      'Details',
    ]);
    await element.locator('summary').nth(1).press('Enter');
    await eventually(() => element.locator('details[open] li').allInnerTexts()).toEqual([
      '…/a_client_with_a_long_name/transport.py:6 in call',
      '…/a_client_with_a_long_name/transport.py:7 in call',
    ]);
    await links.nth(1).press('Enter');
    await eventually(() => shown.sent).toEqual([{ type: 'open-frame', detail: { index: 4 } }]);
  });

  it.each(Object.entries(words.actions))('does %s when its button is pressed', async (action, label) => {
    const known = action as NonNullable<RunError['action']>;
    const element = await show({ ...crash, action: known });
    await element.getByRole('button', { name: label, exact: true }).press('Enter');
    await eventually(() => shown.sent).toEqual([{ type: 'error-action', detail: { action } }]);
  });

  it('puts the inputs right before it sends what does not fit', async () => {
    const problem = {
      parameter: 'name',
      path: ['name'],
      message: 'must be text',
      expected: 'str',
      certain: true,
    };
    const refused: RunError = {
      ...crash,
      code: 'VALIDATION_ERROR',
      frames: [],
      action: 'send-anyway',
      details: { problems: [problem] },
    };
    const element = await show(refused);
    await element.locator('h2').waitFor();
    expect(await element.locator('h2').innerText()).toContain('Nothing was sent');
    expect(await element.locator('li').allInnerTexts()).toEqual(['name must be text']);
    const buttons = await element.locator('vscode-button').allInnerTexts();
    expect(buttons.map((text) => text.trim())).toEqual(['Edit Inputs', 'Send Anyway', 'Copy Error']);
    expect(await element.locator('details').count()).toBe(0);
  });

  it('asks for the debugger only where that can tell more', async () => {
    const element = await show(crash);
    const debug = element.getByRole('button', { name: 'Debug with This Input' });
    await debug.press(' ');
    await eventually(() => shown.sent).toEqual([expect.objectContaining({ type: 'debug-requested' })]);
    await shown.post({ error: { ...crash, code: 'CONNECTION_ERROR', kind: 'network' } });
    await debug.waitFor({ state: 'detached' });
    expect(await element.locator('.kind').innerText()).toBe('network trouble');
    await shown.post({ error: crash });
    await debug.waitFor();
    await shown.post({ debuggable: false });
    await debug.waitFor({ state: 'detached' });
  });

  it('shows hostile text as text, and a long one in part', async () => {
    const message = `<img src=x onerror="sendToTest(1)">${'x'.repeat(300_000)}`;
    const element = await show({ ...crash, message, suggestion: '<b>bold</b> `<i>`', details: '<script>' });
    const more = element.getByRole('button', {
      name: `Show all ${message.length.toLocaleString()} characters`,
    });
    await more.waitFor();
    expect((await element.locator('.message .text').innerText()).length).toBeLessThan(5_000);
    await more.press('Enter');
    await more.waitFor({ state: 'detached' });
    expect((await element.locator('.message .text').innerText()).length).toBeGreaterThan(190_000);
    expect(await element.locator('img, b, i').count()).toBe(0);
    expect(await element.locator('.suggestion').innerText()).toBe('<b>bold</b> <i>');
    expect(shown.sent).toEqual([]);
  });

  it.each(THEMES)('is readable by everyone in %s', async (theme) => {
    const element = await show(crash, {}, theme);
    await element.locator('vscode-button').first().waitFor();
    for (const summary of await element.locator('summary').all()) await summary.click();
    await shown.screenshot(`run-error-${theme}`);
    expect(shown.blocked).toEqual([]);
    expect(await shown.axe()).toEqual([]);
    // axe itself tries to style what it measures
    shown.blocked.length = 0;
  });

  it('fits a page of half the width', async () => {
    const element = await show({ ...crash, message: 'x'.repeat(500) });
    await shown.page.setViewportSize({ width: 350, height: 600 });
    await element.locator('vscode-button').first().waitFor();
    const width = await shown.page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(350);
    await shown.screenshot('run-error-narrow');
  });
});
