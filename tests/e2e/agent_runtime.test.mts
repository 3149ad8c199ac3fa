/** An agent that thinks in steps is watched, killed, resumed and looked into. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { requireVenv, root } from '../../scripts/steps.mjs';
import { kill } from './killing.mts';
import { reload } from './reloading.mts';
import { formOf, runPage, sendForm } from './run_form.mts';
import { sessionPage } from './session_page.mts';
import { TestExplorer } from './test_explorer.mts';
import { thinkingAgent } from './thinking_agent.mts';
import { chooseInMenu, expand, rowAt, rows, rowsAre, screenshots, showViews } from './views.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const workspace = path.join(files.folder, 'agents');
mkdirSync(workspace);
const folder = thinkingAgent(workspace);
const QUESTION = 'How many <img src=x onerror="globalThis.owned = true"> bottles?';
let window: Workbench;

before(async () => {
  window = await Workbench.open({
    folder: workspace,
    env: { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') },
  });
});
after(async () => {
  await window?.close();
  files.remove();
});

/** What the tool that waits has been called with. */
function waited(): string[] {
  try {
    return readFileSync(path.join(folder, 'waited.txt'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

/** Ends the process in which the agent's code runs, as a crash would. */
function killWorker(): void {
  const workers = window.workerProcesses();
  assert.notEqual(workers.length, 0, 'a worker runs');
  kill(workers);
}

/** Begins without sessions, whatever the tests before have left. */
async function forgetSessions(): Promise<void> {
  await window.closeEditors();
  for (const made of ['.runagent', 'key', 'waited.txt']) rmSync(path.join(folder, made), { recursive: true, force: true });
  await rowsAre(window, 'Agents', 'no session', (texts) => !texts.some((text) => / steps? · /.test(text)));
}

/** The agent at work outside of the editor, as in a terminal. */
function runElsewhere(question: string): ChildProcess {
  const code = `import main; list(main.count_stream(${JSON.stringify(question)}))`;
  const env = { ...process.env, PYTHONPATH: path.join(root, 'server'), PYTHONDONTWRITEBYTECODE: '1' };
  return spawn(requireVenv('python'), ['-c', code], { cwd: folder, env, stdio: 'ignore' });
}

test('a session that another program runs is followed to its end', async () => {
  await showViews(window);
  await eventually('the agent is listed', () => rows(window, 'Agents', 'count_stream').first().isVisible());
  const other = runElsewhere('Elsewhere?');
  try {
    await expand(rows(window, 'Agents', 'Sessions'));
    await rowsAre(window, 'Agents', 'it has come so far', (texts) => texts.some((text) => /3 steps · Running/.test(text)));
    await rows(window, 'Agents', 'Elsewhere?').first().click();
    await sessionPage(window, 'Elsewhere?', 'Running', 'Step 3');
    writeFileSync(path.join(folder, 'key'), '');
    await sessionPage(window, 'Answered', 'Step 4', 'Six bottles fit.');
    await rowsAre(window, 'Agents', 'it is over', (texts) => texts.some((text) => /5 steps · Answered/.test(text)));
  } finally {
    const ended = new Promise((resolve) => other.once('exit', resolve));
    if (other.exitCode === null && other.kill('SIGKILL')) await ended;
  }
});

test('a session that is interrupted goes on where it was, and no tool is called twice', async () => {
  await interruptAndResume();
  await window.screenshot('session-resumed');
  const page = await runPage(window);
  assert.equal(await page.getByLabel('question', { exact: true }).first().inputValue(), QUESTION);
  assert.equal(await page.getByLabel('session_id', { exact: true }).first().inputValue(), '');
});

/** Makes the session that most tests look at. */
async function interruptAndResume(): Promise<void> {
  await showViews(window);
  await forgetSessions();
  await window.chooseAfter('RunAgent: Stream Entrypoint…', 'Entrypoint to stream', 'count_stream');
  await sendForm(window, 'count_stream', { question: QUESTION });
  await eventually('the tool waits', () => waited().length === 1);
  await window.runSays('Running', 'Now I wait for the key');
  await showViews(window);
  await expand(rows(window, 'Agents', 'Sessions'));
  await rowsAre(window, 'Agents', 'the session runs', (texts) => texts.some((text) => text.includes('Running')));
  killWorker();
  await window.runSays('The run failed', 'The session of this run was interrupted.', 'Resume Session');
  await rowsAre(window, 'Agents', 'it was interrupted', (texts) => texts.some((text) => text.includes('Interrupted')));
  await window.screenshot('session-interrupted');
  const page = await runPage(window);
  await page.getByRole('button', { name: 'Resume Session' }).click();
  await window.runSays('Completed', 'Six bottles fit.');
  assert.deepEqual(waited(), ['key']);
}

/** The rows of the sessions that have an answer; the one that was interrupted is among them. */
async function answered(): Promise<Locator> {
  await showViews(window);
  const found = rows(window, 'Agents', 'Answered');
  if (waited()[0] === 'key' && (await found.count()) > 0) return found;
  await interruptAndResume();
  return found;
}

test('a kept run leads to the session that it went on with', async () => {
  await answered();
  await expand(rows(window, 'Runs', /^count_stream/));
  await chooseInMenu(window, rows(window, 'Runs', 'completed'), 'Show Session');
  await sessionPage(window, 'How many <img', 'Answered', 'Six bottles fit.');
});

test('its memory and graph are shown as they were after each step', async () => {
  await (await answered()).first().click();
  const page = await sessionPage(window, 'How many <img', 'Answered', 'Six bottles fit.', 'wait_for: interrupted');
  await page.getByRole('tab', { name: 'Trace' }).click();
  await sessionPage(window, 'It is not known whether it was done.', 'Resume from This Step');
  await window.screenshot('session-trace');
  await page.getByRole('tab', { name: /^Working/ }).click();
  await page.getByRole('option', { name: /^Step 1/ }).click();
  await sessionPage(window, 'After step 1', 'Working (1)', 'Semantic (1)', 'Graph (0)');
  await page.getByRole('table', { name: 'Working' }).getByText('count the bottles').waitFor();
  await page.getByRole('option', { name: /^Step 2/ }).click();
  await sessionPage(window, 'After step 2', 'Graph (2)');
  await page.getByRole('tab', { name: /^Semantic/ }).click();
  await page.getByRole('table', { name: 'Semantic' }).getByText('A bottle is 8 cm wide.').waitFor();
  await screenshots(window, 'session-memory');
  await page.getByRole('tab', { name: /^Graph/ }).click();
  await page.getByRole('button', { name: '<b>bottle</b>' }).click();
  await page.getByRole('table', { name: 'Relations' }).getByText('holds').waitFor();
  await screenshots(window, 'session-graph');
  assert.equal(await page.evaluate(() => 'owned' in globalThis), false);
});

test('a checkpoint leads to another session, and the first stays as it is', async () => {
  await branchOff();
  await (await runPage(window)).getByRole('button', { name: 'Show Session' }).click();
  const fork = await sessionPage(window, 'Branched off after step 2 of');
  await window.screenshot('session-fork');
  await fork.getByRole('button', { name: /^Branched off/ }).click();
  await sessionPage(window, 'After step 2', 'wait_for: interrupted');
});

/** Goes on from the second step of the session that was interrupted. */
async function branchOff(): Promise<void> {
  await (await answered()).first().click();
  const page = await sessionPage(window, 'How many <img', 'wait_for: interrupted');
  await page.getByRole('option', { name: /^Step 2/ }).click();
  await sessionPage(window, 'After step 2', 'A new session goes on from there');
  writeFileSync(path.join(folder, 'key'), '');
  await page.getByRole('button', { name: 'Resume from Step 2' }).click();
  await window.runSays('Completed', 'key is there', 'Six bottles fit.');
  assert.deepEqual(waited(), ['key', 'key']);
  await rowsAre(window, 'Agents', 'both sessions', (texts) => texts.filter((text) => text.includes('Answered')).length === 2);
}

/** The rows of both sessions: the one that branched off was worked on last. */
async function bothSessions(): Promise<Locator> {
  const found = await answered();
  if ((await found.count()) < 2) await branchOff();
  return found;
}

test('two sessions stand side by side and come back with the window, also one that is behind another tab', async () => {
  const sessions = await bothSessions();
  await window.closeEditors();
  await (await rowAt(window, sessions, 0)).click();
  const fork = await sessionPage(window, 'Branched off after step 2 of');
  await fork.getByRole('tab', { name: 'Trace' }).click();
  await chooseInMenu(window, await rowAt(window, sessions, 1), 'Show Session to the Side');
  const first = await sessionPage(window, 'Latest', 'wait_for: interrupted');
  await first.getByRole('option', { name: /^Step 1/ }).click();
  await sessionPage(window, 'After step 1', 'wait_for: interrupted');
  await sessionPage(window, 'Branched off after step 2 of', 'Latest');
  await window.screenshot('sessions-side-by-side');
  await window.openFile('cellarer/main.py');
  await reload(window);
  const back = await sessionPage(window, 'Branched off after step 2 of', 'Latest');
  await back.getByRole('tab', { name: 'Trace', selected: true }).waitFor();
  await window.page.locator('.editor-group-container .tab').filter({ hasText: 'How many' }).last().click();
  await sessionPage(window, 'After step 1', 'wait_for: interrupted');
  await window.screenshot('sessions-reloaded');
  await showViews(window);
  await expand(rows(window, 'Agents', 'Sessions'));
  await rowsAre(window, 'Agents', 'both sessions', (texts) => texts.filter((text) => text.includes('Answered')).length === 2);
});

test('a session is deleted once that is confirmed', async () => {
  const sessions = await bothSessions();
  await chooseInMenu(window, sessions, 'Delete Session…');
  assert.match(await window.confirm('Delete'), /How many <img/);
  await rowsAre(window, 'Agents', 'one session', (texts) => texts.filter((text) => text.includes('Answered')).length === 1);
});

test('a new agent that works in steps: watched, looked into, and gone on with from a step', async () => {
  // A page that gets the keyboard back late closes the question; it is then asked anew.
  await window.chooseAfter('RunAgent: New Agent', 'What the agent begins with', 'Steps');
  await window.answer('New Agent: Name', 'thinker');
  await window.editorSays('works in steps');
  await window.chooseAfter('RunAgent: Stream Entrypoint…', 'Entrypoint to stream', 'ask_stream');
  const question = 'Ada is the mother of Bob. Bob is the father of Cleo. How is Ada related to Cleo?';
  await sendForm(window, 'ask_stream', { question });
  await window.runSays('Completed', 'relate', 'find_path', 'Resume from This Step');
  await window.screenshot('new-agent-steps');
  await (await formOf(window, 'ask_stream')).getByRole('button', { name: 'Show Session' }).click();
  const page = await sessionPage(window, question, 'Answered', 'Step 1', 'Step 2', 'Graph (3)');
  await page.getByRole('tab', { name: /^Graph/ }).click();
  await page.getByRole('table', { name: 'Relations' }).getByText('is the mother of').waitFor();
  await window.screenshot('new-agent-graph');
  await page.getByRole('option', { name: /^Step 1/ }).click();
  await sessionPage(window, 'After step 1', 'Graph (2)');
  await page.getByRole('button', { name: 'Resume from Step 1' }).click();
  // What it began with is out of sight by now: the trace follows its end.
  await window.runSays('Completed', 'find_path', '3 steps', '2 tool calls');
  await (await formOf(window, 'ask_stream')).getByRole('button', { name: 'Show Session' }).click();
  await sessionPage(window, 'Branched off after step 1 of', 'Graph (3)');
});

test('the cases of the new agent pass in the Test Explorer', async () => {
  const tests = new TestExplorer(window);
  await tests.unfoldTo('family');
  await tests.press('thinker', 'Run Test');
  await tests.state('family', /\(Passed\)/);
  await tests.state('sums', /\(Passed\)/);
  await window.screenshot('new-agent-cases');
});
