/** Run and Stream on an agent that the real runagent package serves. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ServedAgent, serveAgent } from '../../scripts/agent.mjs';
import { formOf, runPage, sendForm } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
let agent: ServedAgent;
let window: Workbench;

before(async () => {
  agent = await serveAgent(folder);
  window = await Workbench.open({ folder, file: 'main.py', env: { ...process.env, RUNAGENT_CACHE_DIR: agent.cacheDir } });
  await eventually('lenses', async () => (await window.lenses()).length >= 3);
});
after(async () => {
  await window?.close();
  await agent?.stop();
  files.remove();
});

test('Run asks for the inputs and shows the answer', async () => {
  await window.pressLens('Run', 0, (timeout) => formOf(window, 'greet', timeout));
  await window.screenshot('run-input');
  await sendForm(window, 'greet', { name: 'Ada', excited: true });
  const text = await window.runSays('Completed', 'HELLO, ADA!');
  assert.match(text, /"letters":\s*3/);
  await window.screenshot('run-done');
});

test('Stream shows each piece as it arrives', async () => {
  await window.pressLens('Stream', 0, (timeout) => formOf(window, 'count_down_stream', timeout));
  await sendForm(window, 'count_down_stream', { start: 20, pause: 0.5 });
  const early = await window.runSays('Running', '20 ...');
  assert.doesNotMatch(early, /lift-off/);
  await window.screenshot('stream-running');
  await window.runSays('Completed', '1 ... lift-off!');
  await window.screenshot('stream-done');
});

test('Cancel stops a stream and keeps what arrived', async () => {
  await window.pressLens('Stream', 0, (timeout) => formOf(window, 'count_down_stream', timeout));
  await sendForm(window, 'count_down_stream', { start: 1000, pause: 0.2 });
  await window.runSays('Running', '1000 ...');
  const page = await runPage(window);
  await page.getByRole('button', { name: 'Cancel' }).click();
  const text = await window.runSays('Cancelled', '1000 ...');
  assert.doesNotMatch(text, /lift-off/);
  await window.screenshot('stream-cancelled');
});

test('what the function raises is told, with a way on', async () => {
  await window.page.locator('.tab[data-resource-name="main.py"]').click(); // back from the run's page
  await window.pressLens('Run', -1, (timeout) => formOf(window, 'divide', timeout));
  await sendForm(window, 'divide', { dividend: 1, divisor: 0 });
  await window.runSays('The run failed', 'division by zero');
  const error = (await runPage(window)).locator('run-error');
  await error.getByRole('button', { name: 'Edit Inputs' }).click(); // the suggestion has a button
  await (await formOf(window, 'divide')).locator('run-form #control:focus').waitFor();
  await window.screenshot('run-failed');
});
