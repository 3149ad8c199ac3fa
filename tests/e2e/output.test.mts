/** The output of a run in the real editor: its search, its document, and what is left of it when it was out of sight. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { formOf, runPage, sendForm } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const TAG = 'count_down_stream';
let window: Workbench;

before(async () => {
  const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
  window = await Workbench.open({ folder: files.copy('hello-agent'), file: 'main.py', env });
  await eventually('lenses', async () => (await window.lenses()).length >= 2);
  await window.pressLens('Stream', 0, (timeout) => formOf(window, TAG, timeout));
  await sendForm(window, TAG, { start: 300, pause: 0.001 });
  await window.runSays('Completed', 'lift-off!');
});
after(async () => {
  await window?.close();
  files.remove();
});

test('the usual keys search all output instead of what is drawn', async () => {
  const page = await runPage(window);
  const output = page.locator('run-output');
  await output.getByRole('log').focus();
  await window.page.keyboard.press('Control+f');
  await output.getByRole('textbox', { name: 'Search Output' }).fill('299 ... ');
  await eventually('it is found', async () => (await output.locator('.count').innerText()) === '1 of 1');
  assert.equal(await page.locator('.find-widget, .simple-find-part.visible').count(), 0);
  assert.equal(await window.page.locator('.simple-find-part.visible').count(), 0, "the editor's own search stays away");
  await window.screenshot('output-search');
  await window.page.keyboard.press('Escape');
});

test('a page that was out of sight shows all output again, in the view that was chosen', async () => {
  const before = await runPage(window);
  await before.locator('run-output').getByRole('tab', { name: 'Events', exact: true }).click();
  await window.runSays(/^301$/m, 'lift-off!');
  await before.locator('run-output').getByRole('button', { name: 'Open as Document' }).click();
  await eventually('the document is in front', async () =>
    (await window.page.locator('.tab.active', { hasText: `${TAG} output` }).count()) > 0);
  await window.page.locator('.tab', { hasText: TAG }).first().click();
  await window.runSays(/^301$/m, 'lift-off!');
  await window.screenshot('output-again');
});
