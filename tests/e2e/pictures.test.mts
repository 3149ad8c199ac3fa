/**
 * The pictures of the README, taken from the real editor. `KEEP_PICTURES=1` puts them into media/screenshots; without it
 * they land in test-results, and only that there is something to see is tested.
 */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/steps.mjs';
import { fillForm, fillJson, formOf, sendForm, startRun } from './run_form.mts';
import { expand, rows } from './views.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const KEPT = path.join(root, 'media', 'screenshots');
const folderOfPictures = process.env['KEEP_PICTURES'] === undefined ? path.join(root, 'test-results') : KEPT;
const SIZE = { width: 1280, height: 860 };
const QUALITY = 0.82;
/** Nothing on the picture that is not about agents. */
const CALM = {
  'breadcrumbs.enabled': false,
  'editor.minimap.enabled': false,
  'editor.scrollbar.horizontal': 'hidden',
  'window.commandCenter': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.layoutControl.enabled': false,
};
const files = scratch();
const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
const made: string[] = [];
let window: Workbench | undefined;

before(() => {
  for (const example of ['hello-agent', 'travel-agent', 'broken-agent']) files.copy(example);
});
after(async () => {
  await window?.close();
  files.remove();
});

/** A window with another agent, instead of the one before. */
async function open(example: string): Promise<Workbench> {
  await window?.close();
  window = undefined;
  window = await Workbench.open({ folder: path.join(files.folder, example), file: 'main.py', env, settings: CALM });
  await window.page.setViewportSize(SIZE);
  await lenses(window);
  return window;
}

/** The window that is open, with the code alone. */
async function begin(): Promise<Workbench> {
  assert.ok(window !== undefined);
  await window.closeEditors();
  await window.openFile('main.py');
  await lenses(window);
  await hideSideBar(window);
  return window;
}

async function lenses(window: Workbench): Promise<void> {
  await eventually('lenses', async () => (await window.lenses()).length >= 2);
}

async function hideSideBar(window: Workbench): Promise<void> {
  const bar = window.page.locator('.part.sidebar');
  if (await bar.isVisible()) await window.page.keyboard.press('Control+B');
  await bar.waitFor({ state: 'hidden' });
}

/** Keeps what is to be seen now as a small picture: Chromium itself writes WebP. */
async function picture({ page }: Workbench, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  const png = (await page.screenshot({ animations: 'disabled' })).toString('base64');
  const painter = await page.context().browser()?.newPage();
  assert.ok(painter !== undefined);
  const bytes = await painter.evaluate(async ([data, quality]) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, [png, QUALITY] as const);
  await painter.close();
  mkdirSync(folderOfPictures, { recursive: true });
  writeFileSync(path.join(folderOfPictures, `${name}.webp`), Buffer.from(bytes));
  assert.ok(bytes.length < 200_000, `${name} has ${bytes.length} bytes`);
  made.push(name);
}

test('a function, its form and its answer', async () => {
  const window = await open('travel-agent');
  await hideSideBar(window);
  await window.goTo(27);
  await window.pressLens('Stream', 0, (timeout) => formOf(window, 'plan_stream', timeout));
  const stops = [{ city: 'Lisbon', nights: 3 }];
  const frame = await fillJson(window, 'plan_stream', { stops, pace: 'busy', budget: 900 });
  await fillForm(window, 'plan_stream', {});
  await startRun(frame);
  await window.runSays('Completed', 'Lisbon, 3 nights', '300 euros');
  await frame.locator('run-output').getByRole('tab', { name: 'Text' }).focus();
  await picture(window, 'run');
});

test('agents, runs and saved cases', async () => {
  const window = await open('hello-agent');
  for (const name of ['Ada', 'Grace']) {
    await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
    await sendForm(window, 'greet', { name });
    await window.runSays('Completed', `Hello, ${name}.`);
  }
  await window.command('RunAgent: Show Run History');
  await expand(rows(window, 'Runs', /greet.*2 runs/));
  await eventually('each run has a row', async () => {
    return (await rows(window, 'Runs', /Grace|Ada/).count()) >= 2;
  });
  await picture(window, 'views');
});

test('the events of a stream', async () => {
  const window = await begin();
  await window.pressLens('Stream', 0, (timeout) => formOf(window, 'count_down_stream', timeout));
  await sendForm(window, 'count_down_stream', { start: 1000, pause: 0.2 });
  const frame = await formOf(window, 'count_down_stream');
  await window.runSays('Running', '995 ...');
  await frame.locator('run-output').getByRole('tab', { name: 'Events' }).click();
  await eventually('rows', async () => (await frame.locator('run-output').getByRole('row').count()) > 8);
  await picture(window, 'stream');
  await window.command('RunAgent: Cancel Run');
  await window.runSays('Cancelled');
});

test('a failure and what to do about it', async () => {
  const window = await begin();
  await window.pressLens('Run', -1, (timeout) => formOf(window, 'divide', timeout));
  await sendForm(window, 'divide', { dividend: 1, divisor: 0 });
  await window.runSays('The run failed', 'division by zero', 'Debug with This Input');
  await (await formOf(window, 'divide')).locator('run-error .frames button').last().click();
  await eventually('the line is marked', async () => (await window.squiggles('warning')) + (await window.squiggles('error')) > 0);
  await picture(window, 'error');
});

test('mistakes with their fixes', async () => {
  const window = await open('broken-agent');
  await window.openFile('runagent.config.json');
  await eventually('mistakes', async () => (await window.squiggles('error')) >= 3);
  await hideSideBar(window);
  await window.problems();
  await window.openFile('runagent.config.json');
  await window.goTo(4, 20);
  await eventually('the fixes', async (timeout) => {
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.press('Control+.');
    await window.page.locator('.action-widget .monaco-list-row.action').first().waitFor({ timeout });
    return true;
  });
  await picture(window, 'checking');
});

test('the README shows these pictures and no others', () => {
  const shown = [...readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/\]\(media\/screenshots\/([\w-]+)\.webp\)/g)];
  assert.deepEqual(shown.map(([, name]) => name).sort(), made.sort());
  for (const name of made) assert.ok(existsSync(path.join(KEPT, `${name}.webp`)), name);
});
