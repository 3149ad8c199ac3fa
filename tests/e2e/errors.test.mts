/** What a person does about a run that failed, about keys and settings, and what the palette offers when. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { packPythonDebugger } from './python_debugger.mts';
import { fillJson, formOf, runPage, sendForm, startButton } from './run_form.mts';
import { chooseInMenu, expand, rows, showViews } from './views.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const KEY = 'rau_0123456789abcdef';
const files = scratch();
const folder = files.copy('hello-agent');
const lines = readFileSync(path.join(folder, 'main.py'), 'utf8').split('\n');
const failing = lines.findIndex((line) => line.includes('return dividend / divisor')) + 1;
const registry = path.join(files.folder, 'empty-registry');
const { RUNAGENT_API_KEY: _key, RUNAGENT_BASE_URL: _url, ...inherited } = process.env;
const env = { ...inherited, RUNAGENT_CACHE_DIR: registry };
let window: Workbench;

before(async () => {
  mkdirSync(registry);
  window = await Workbench.open({ folder, file: 'main.py', env, vsixFiles: [packPythonDebugger(files.folder)] });
  await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await eventually('lenses', async () => (await window.lenses()).length >= 3);
});
after(async () => {
  await window?.close();
  files.remove();
});

async function showCode(): Promise<void> {
  await window.openFile('main.py');
}

async function openForm(tag: string, lens: string, index: number): Promise<void> {
  await showCode();
  await window.goTo(index === 0 ? 1 : lines.length); // lenses out of sight cannot be pressed
  await window.pressLens(lens, index, (timeout) => formOf(window, tag, timeout));
}

async function run(tag: string, lens: string, index: number, inputs: Record<string, unknown>): Promise<void> {
  await openForm(tag, lens, index);
  await sendForm(window, tag, inputs);
}

async function divide(dividend: number, divisor: number): Promise<void> {
  await run('divide', 'Run', -1, { dividend, divisor });
}

/** Settings of the folder, until what is answered is called; both wait until `done` shows that they count. */
async function useSettings(settings: Record<string, unknown>, done: () => Promise<unknown> = async () => undefined) {
  const file = path.join(folder, '.vscode', 'settings.json');
  mkdirSync(path.dirname(file));
  writeFileSync(file, JSON.stringify(settings));
  await done();
  return async (gone: () => Promise<unknown> = async () => undefined) => {
    rmSync(path.dirname(file), { recursive: true });
    await gone();
  };
}

async function shownError() {
  return (await runPage(window)).locator('run-error');
}

test('a traceback leads to the line, which is marked until the entrypoint succeeds', async () => {
  await divide(1, 0);
  await window.runSays('The run failed', 'INTERNAL_ERROR', 'ZeroDivisionError: ', 'return dividend / divisor');
  const link = (await shownError()).getByRole('button', { name: `main.py:${failing}`, exact: true });
  await window.screenshot('errors-failed');
  await link.click();
  await eventually('the cursor stands in the line', async () => {
    return window.isInLine(failing);
  });
  await eventually('the line is marked', async () => (await window.squiggles('warning')) === 1);
  await eventually('it is listed', async () => {
    return /divide failed here in its last run: ZeroDivisionError/.test((await window.problems()).join('\n'));
  });
  await window.screenshot('errors-marked');

  await divide(1, 2);
  await window.runSays('Completed', '0.5');
  await showCode();
  await eventually('the mark is gone', async () => (await window.squiggles('warning')) === 0);
});

test('Copy Error copies all of it', async () => {
  await divide(1, 0);
  await window.runSays('The run failed');
  await (await shownError()).getByRole('button', { name: 'Copy Error' }).click();
  await eventually('it is in the clipboard', async () => {
    const text = await window.page.evaluate(() => navigator.clipboard.readText());
    return text.startsWith('INTERNAL_ERROR: ZeroDivisionError: ') && text.includes(`line ${failing}, in divide`);
  });
});

test('Debug with This Input stops in the line with the inputs that failed', async () => {
  await breakBefore();
  await divide(7, 0);
  await window.runSays('The run failed');
  // Neither an agent elsewhere nor a time limit is what someone means who debugs.
  const elsewhere = { 'runagent.target.host': '127.0.0.1', 'runagent.target.port': 9, 'runagent.timeouts.total': 1 };
  const takeBack = await useSettings(elsewhere, () => window.runSays('Agent at 127.0.0.1:9'));
  await (await shownError()).getByRole('button', { name: 'Debug with This Input' }).click();
  await stoppedWith(7);
  await window.screenshot('errors-debugging');
  await window.page.keyboard.press('F5');
  await window.runSays('The run failed', 'ZeroDivisionError');
  await takeBack(() => window.runSays(/This machine/));
  await stopDebugging();
});

test('a run of the history is debugged with its inputs', async () => {
  await divide(8, 2);
  await window.runSays('Completed', '4');
  await divide(9, 3); // is not the last one
  await window.runSays('Completed', '3');
  await breakBefore();
  await showViews(window);
  await expand(rows(window, 'Runs', /^divide/));
  await chooseInMenu(window, rows(window, 'Runs', 'dividend=8'), 'Debug with This Input');
  await stoppedWith(8);
  await window.page.keyboard.press('F5');
  await window.runSays('Completed', '4');
  await stopDebugging();
});

/** It stays until the window is closed. The key would take it away again. */
let breaks = false;

async function breakBefore(): Promise<void> {
  await showCode();
  if (breaks) return;
  await window.breakpoint(failing, true);
  breaks = true;
}

/** It stands at the breakpoint, in a call with this dividend. */
async function stoppedWith(dividend: number): Promise<void> {
  await window.page.locator('.debug-top-stack-frame-line').first().waitFor();
  await eventually(`the dividend is ${dividend}`, async () => {
    const variables = window.page.locator('.debug-variables .monaco-list-row');
    if ((await variables.count()) <= 2) await variables.filter({ hasText: 'Locals' }).click({ timeout: 2000 });
    const text = (await window.page.locator('.debug-variables').innerText()).replaceAll('\u00a0', ' ');
    return new RegExp(`dividend\\s*[=:]+\\s*${dividend}\\b`).test(text);
  });
}

async function stopDebugging(): Promise<void> {
  await window.page.keyboard.press('Shift+F5');
  await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
}

test('inputs that do not fit are not sent, but can be', async () => {
  await openForm('greet', 'Run', 0);
  await startButton(await fillJson(window, 'greet', { nobody: 1 })).click();
  await window.runSays('Nothing was sent: the inputs do not fit', 'VALIDATION_ERROR', 'nobody');
  await window.screenshot('errors-refused');
  await (await shownError()).getByRole('button', { name: 'Send Anyway' }).click();
  await window.runSays('The run failed', /unexpected keyword argument .?nobody/);
});

test('a time limit that was too short leads to its settings', async () => {
  const takeBack = await useSettings({ 'runagent.timeouts.total': 1 });
  try {
    await eventually('the limit holds', async () => {
      await run('count_down_stream', 'Stream', 0, { start: 8, pause: 0.3 });
      return /TIMEOUT/.test(await window.runSays(/The run failed|Completed/));
    });
    await (await shownError()).getByRole('button', { name: 'Change Time Limits' }).click();
    const found = window.page.locator('.settings-editor .setting-item-contents');
    await eventually('the limits are shown', async () => {
      const texts = (await found.allInnerTexts()).join('\n');
      return /Timeouts: Connect/.test(texts) && /Timeouts: Idle/.test(texts) && /Timeouts: Total/.test(texts);
    });
    await window.screenshot('errors-time-limits');
    await closeSettings();
  } finally {
    await takeBack();
  }
});

test('the settings stand in groups that can be read', async () => {
  await window.command('Preferences: Open Settings (UI)');
  const search = window.page.locator('.settings-editor .suggest-input-container').first();
  await search.click();
  await window.page.keyboard.press('Control+A');
  await window.page.keyboard.insertText('@ext:runagent-community.runagent-agents');
  const groups = window.page.locator('.settings-editor .settings-toc-container .monaco-list-row');
  await eventually('all groups are there', async () => {
    const texts = (await groups.allInnerTexts()).map((text) => text.replace(/\s*\(\d+\)/, '').trim());
    return ['Language Server', 'Checking', 'Running Agents', 'Run History', 'Cloud'].every((name) => texts.includes(name));
  });
  await window.screenshot('errors-settings');
  await closeSettings();
});

async function closeSettings(): Promise<void> {
  const settings = window.page.locator('.settings-editor');
  await eventually('the settings are closed', async () => {
    await window.page.keyboard.press('Escape');
    return (await settings.count()) === 0 || !(await settings.isVisible());
  });
}

test('the API key is set, told of and removed', async () => {
  assert.equal(await window.offersCommand('Remove API Key…'), false, 'there is none');
  const none = await status('Set API Key…');
  assert.match(none, /No API key for RunAgent Cloud\./);
  assert.match(none, /Runs in the cloud go to https:/);
  await window.answer('RunAgent API Key', KEY);
  await window.notification('The API key is kept');
  await window.command('RunAgent: Show API Key Status');
  await window.page.locator('.monaco-dialog-box').waitFor();
  await window.screenshot('errors-key-status');
  const kept = await window.confirm('Sign Out');
  assert.match(kept, /kept in this editor’s secret storage/);
  assert.ok(!kept.includes(KEY), 'the key itself is not told');
  await window.confirm('Remove');
  await window.notification('The API key is removed');
  await eventually('there is none to remove', async () => !(await window.offersCommand('Remove API Key…')));
});

/** Asks for the state of the key and presses a button there; what was told. */
async function status(button: string): Promise<string> {
  await window.command('RunAgent: Show API Key Status');
  return window.confirm(button);
}

test('the palette offers to cancel only while something runs', async () => {
  await eventually('nothing runs', async () => !(await window.offersCommand('Cancel Run')));
  await run('count_down_stream', 'Stream', 0, { start: 1000, pause: 0.3 });
  await window.runSays('Running');
  await window.command('RunAgent: Cancel Run');
  await window.runSays('Cancelled');
  await eventually('nothing can be cancelled', async () => !(await window.offersCommand('Cancel Run')));
});

test('without an agent the palette offers to make one, and nothing that needs one', async () => {
  const empty = path.join(files.folder, 'nothing-here');
  mkdirSync(empty);
  await window.close();
  window = await Workbench.open({ folder: empty, env });
  await eventually('New Agent is offered', () => window.offersCommand('New Agent'));
  for (const title of ['Run Entrypoint…', 'Debug Entrypoint…', 'Serve Agent…', 'Verify Entrypoints…', 'Copy Client Code…']) {
    assert.equal(await window.offersCommand(title), false, title);
  }
});
