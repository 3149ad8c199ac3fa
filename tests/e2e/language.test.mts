/** In another language nothing of ours is left in English: each text of the page of a run is a translated one, or comes from the agent. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { bundle } from '../../extension/l10n.mjs';
import { fillForm, formOf, shownText } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

/** Marks what was translated: the words stay readable, and no English text looks like them. */
const words = Object.fromEntries(Object.keys(bundle()).map((text) => [text, `«${text}»`]));
const files = scratch();
const folder = files.copy('hello-agent');
let window: Workbench;

before(async () => {
  const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
  window = await Workbench.open({ folder, file: 'main.py', env, language: { name: 'de', words } });
  await eventually('lenses', async () => (await window.lenses()).length >= 3);
});
after(async () => {
  await window?.close();
  files.remove();
});

/** Of the agent and of the machine: names, types, documentation, values, addresses, codes. */
const NOT_OURS = [
  /^(divide|greet|hello-agent|dividend|divisor|name|excited|str|bool|float)$/,
  /^(What is divided|By what it is divided|Whom to greet|Whether to shout)\.$/,
  /^[\d.,]+ (ms|s|B)$/,
  /^ZeroDivisionError: division by zero$|^main\.py:\d+|\/main\.py$|^return dividend|^INTERNAL_ERROR$/,
  /"(text|letters)":/,
  // What the language server suggests: it speaks to all editors, in one language.
  /^Try other inputs, or look at the function and at what it printed\.$/,
];

/** What is shown or read out and was not translated. */
async function leftInEnglish(frame: Frame): Promise<string[]> {
  const labels = await frame.locator('#run [aria-label], #run [title], #run [placeholder]').evaluateAll((elements) =>
    elements.flatMap((element) => ['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name) ?? '')),
  );
  const texts = [...labels, ...(await shownText(frame)).split('\n')];
  const ours = texts.filter((text) => /\p{L}{2}/u.test(text) && !NOT_OURS.some((pattern) => pattern.test(text)));
  assert.ok(ours.length > 10, `there is something to translate: ${ours}`);
  return [...new Set(ours.filter((text) => !text.includes('«')))];
}

test('the page of a run that failed', async () => {
  await window.pressLens('Run', -1, (timeout) => formOf(window, 'divide', timeout));
  const frame = await fillForm(window, 'divide', { dividend: 1, divisor: 0 });
  await window.page.keyboard.press('Control+Enter');
  await window.runSays('«Failed»', 'division by zero');
  assert.deepEqual(await leftInEnglish(frame), []);
  await window.screenshot('language-error');
});

test('the page of a run that completed', async () => {
  await window.pressLens('Run', 0, (timeout) => formOf(window, 'greet', timeout));
  const frame = await fillForm(window, 'greet', { name: 'Ada' });
  await window.page.keyboard.press('Control+Enter');
  await window.runSays('«Completed»', 'Hello, Ada.');
  assert.deepEqual(await leftInEnglish(frame), []);
  await window.screenshot('language');
});
