/** What a page of a run does beyond form and output: cases, targets, being hidden, and coming back with the window. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { requireVenv } from '../../scripts/steps.mjs';
import { reload } from './reloading.mts';
import { fillForm, fillJson, formOf, runPage, sendForm, shownRun, shownText, showTab, startButton, startRun } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const cases = path.join(folder, '.runagent', 'cases', 'greet');
let window: Workbench;

before(async () => {
  const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
  window = await Workbench.open({ folder, env });
  await window.openFile('main.py');
  await eventually('lenses', async () => (await window.lenses()).length >= 3);
});
after(async () => {
  await window?.close();
  files.remove();
});

async function open(lens: 'Run' | 'Stream', tag: string): Promise<Frame> {
  await window.page.locator('.tab[data-resource-name="main.py"]').click();
  await window.pressLens(lens, 0, (timeout) => formOf(window, tag, timeout));
  return formOf(window, tag);
}

const nameField = (frame: Frame) => frame.getByLabel('name', { exact: true }).first();
const caseList = (frame: Frame) => frame.getByRole('combobox', { name: 'Case', exact: true });
const readCase = (name: string) => JSON.parse(readFileSync(path.join(cases, name), 'utf8'));

async function pressTitle(name: string): Promise<void> {
  await window.page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name }).click();
}

/** How many runs of an entrypoint the history of this window holds. */
function recorded(tag: string): number {
  const program = 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM runs WHERE tag = ?", sys.argv[2:]).fetchone()[0])';
  const { stdout, stderr } = spawnSync(requireVenv('python'), ['-c', program, path.join(window.dataDir, 'history.db'), tag], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return Number(stdout);
}

test('the keyboard is in the first field, and Ctrl+Enter runs once', async () => {
  await open('Run', 'greet');
  await window.page.keyboard.type('Ada');
  await window.page.keyboard.press('Control+Enter');
  await window.runSays('Completed', 'Hello, Ada.');
  const frame = await runPage(window);
  assert.match(await shownText(frame), /the agent runs at 127\.0\.0\.1:\d+/, 'the page says where the next run goes');
  // Not by Ctrl+A: VS Code selects all in a page a moment later, also what was typed since.
  await nameField(frame).fill('Grace');
  await window.page.keyboard.press('Control+Enter');
  await window.runSays('Completed', 'Hello, Grace.');
  await eventually('both runs are recorded', () => recorded('greet') >= 2);
  assert.equal(recorded('greet'), 2, 'the key is the page’s and the workbench’s, and means one run');
  await pressTitle('Open Output as Document');
  await window.editorSays('Hello, Grace.');
});

test('inputs are saved as a case, chosen, changed and deleted', async () => {
  const frame = await open('Run', 'greet');
  await fillForm(window, 'greet', { name: 'Grace' });
  await frame.getByRole('button', { name: 'Save Inputs as New Case…' }).click();
  await window.answer('Save inputs of greet as a case', 'grace');
  await eventually('the case', () => existsSync(path.join(cases, 'grace.json')));
  assert.deepEqual(readCase('grace.json').inputs, { name: 'Grace' });
  await eventually('its name', async () => (await caseList(frame).inputValue()).endsWith('/grace.json'));

  await nameField(frame).fill('Hopper');
  await frame.getByRole('button', { name: 'Save Inputs into Case' }).click();
  await eventually('the change', () => readCase('grace.json').inputs.name === 'Hopper');

  await nameField(frame).fill('Somebody');
  await caseList(frame).selectOption({ label: 'No case' });
  assert.equal(await nameField(frame).inputValue(), 'Somebody');
  await caseList(frame).selectOption({ label: 'grace' });
  await eventually('the inputs of the case', async () => (await nameField(frame).inputValue()) === 'Hopper');
  await window.screenshot('page-case');

  await frame.getByRole('button', { name: 'Delete Case…' }).click();
  assert.match(await window.confirm('Delete'), /grace/);
  await eventually('no case', () => !existsSync(path.join(cases, 'grace.json')));
  await caseList(frame).waitFor({ state: 'detached' });
});

test('what looks like a secret is saved in a case only when that is wanted', async () => {
  const frame = await open('Run', 'greet');
  await fillJson(window, 'greet', { name: 'Grace', api_key: 'sk-1' });
  await frame.getByRole('button', { name: 'Save Inputs as New Case…' }).click();
  await window.answer('Save inputs of greet as a case', 'keyed');
  assert.match(await window.confirm('Save Without Them'), /look like secrets/);
  await eventually('the case', () => existsSync(path.join(cases, 'keyed.json')));
  assert.deepEqual(readCase('keyed.json').inputs, { name: 'Grace' });
  await frame.getByRole('button', { name: 'Save Inputs into Case' }).click();
  await window.confirm('Save All');
  await eventually('the key', () => readCase('keyed.json').inputs.api_key === 'sk-1');
  await fillJson(window, 'greet', { name: 'Grace' });
  await showTab(frame, 'Form');
});

test('runs go where the page says, and what is wrong with that is told', async () => {
  const frame = await open('Run', 'greet');
  await fillForm(window, 'greet', { name: 'Grace' });
  const target = frame.getByRole('button', { name: 'Change where runs go' });
  await target.click();
  await window.choose('For the runs from this page', 'An address…');
  await window.answer('Address of the agent', 'localhost:9');
  await frame.getByText('chosen here, on this machine').waitFor();
  await window.screenshot('page-target');
  await startRun(frame);
  await window.runSays('Failed', 'localhost:9');

  await target.click();
  await window.choose('For the runs from this page', 'This machine');
  await startRun(frame);
  await window.runSays('Completed', 'served from this workspace');
});

test('options are sent along and stay in sight', async () => {
  const frame = await open('Stream', 'count_down_stream');
  await frame.locator('run-options summary').click();
  const limit = frame.getByLabel('In all', { exact: true });
  await limit.fill('0.4');
  try {
    await sendForm(window, 'count_down_stream', { start: 20, pause: 0.2 });
    await window.runSays('Failed', 'not done in time');
    await window.screenshot('page-options');
  } finally {
    await limit.fill('');
  }
});

test('a run that goes on is cancelled by its key, or gives way to another one', async () => {
  await open('Stream', 'count_down_stream');
  const before = recorded('count_down_stream');
  await sendForm(window, 'count_down_stream', { start: 500, pause: 0.2 });
  await window.runSays('Running', '500 ...');
  await window.page.keyboard.press('Control+Enter');
  const notification = window.page.locator('.notification-toast').filter({ hasText: 'count_down_stream is still running.' });
  const frame = await runPage(window);
  const first = await shownRun(frame);
  await notification.getByRole('button', { name: 'Cancel and Run Again' }).click();
  await eventually('the first run is recorded', () => recorded('count_down_stream') > before);
  await eventually('the other run is shown', async () => (await shownRun(frame)) !== first);
  await window.runSays('Running', '500 ...');
  await frame.getByRole('button', { name: 'Cancel', exact: true }).focus();
  await window.page.keyboard.press('Shift+F5');
  await window.runSays('Cancelled', 'was stopped');
  await startButton(frame).waitFor();
});

test('a page that was hidden while its run went on has all of it', async () => {
  await open('Run', 'greet');
  await open('Stream', 'count_down_stream');
  await sendForm(window, 'count_down_stream', { start: 12, pause: 0.8 });
  await window.runSays('Running', '12 ...');
  await window.page.getByRole('tab', { name: /^greet, / }).click();
  await formOf(window, 'greet');
  await open('Stream', 'count_down_stream');
  await window.runSays('Completed', '12 ... 11 ... 10 ... 9 ... 8', '1 ... lift-off!');
  const frame = await formOf(window, 'count_down_stream');
  assert.equal(await frame.getByLabel('start', { exact: true }).first().inputValue(), '12');
});

test('a page comes back with the window, its form and its last run', async () => {
  await open('Stream', 'count_down_stream');
  await sendForm(window, 'count_down_stream', { start: 2, pause: 0.1 });
  await window.runSays('Completed', '1 ... lift-off!');
  await fillForm(window, 'count_down_stream', { start: 7 });
  await reload(window);
  const frame = await formOf(window, 'count_down_stream');
  assert.equal(await frame.getByLabel('start', { exact: true }).first().inputValue(), '7');
  await window.runSays('Completed', '1 ... lift-off!');
  await window.screenshot('page-reloaded');
});
