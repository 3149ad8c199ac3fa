/** The page of a run in the real editor: its form, its views, by keyboard alone, in each theme, and small. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame } from 'playwright-core';
import { fillForm, fillJson, formOf, runPage, showTab, startRun } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const files = scratch();
const folder = files.copy('travel-agent');
const settings = path.join(folder, '.vscode', 'settings.json');
const TAG = 'plan_stream';
const journey = { stops: [{ city: 'Lisbon', nights: 3 }], pace: 'busy', budget: 900, by_train: false };
let window: Workbench;

before(async () => {
  mkdirSync(path.dirname(settings));
  const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
  window = await Workbench.open({ folder, file: 'main.py', env });
  await openForm();
});
after(async () => {
  await window?.close();
  files.remove();
});

async function openForm(): Promise<Frame> {
  await window.goTo(27);
  await window.pressLens('Stream', 0, (timeout) => formOf(window, TAG, timeout));
  return formOf(window, TAG);
}

/** The inputs as they would be sent. */
async function inputsOf(frame: Frame): Promise<unknown> {
  await showTab(frame, 'JSON');
  const text = await frame.locator('run-form json-editor textarea').inputValue();
  await showTab(frame, 'Form');
  return JSON.parse(text);
}

async function showView(frame: Frame, name: string): Promise<void> {
  await frame.locator('run-output').getByRole('tab', { name, exact: true }).click();
}

test('each kind of input has its field, and the JSON beside it says the same', async () => {
  const frame = await fillForm(window, TAG, { pace: 'busy', budget: 900, by_train: false });
  await frame.getByRole('button', { name: 'Add item' }).click();
  await fillForm(window, TAG, { city: 'Lisbon', nights: 3 });
  assert.deepEqual(await inputsOf(frame), journey);
  await window.screenshot('panel-form');

  await fillJson(window, TAG, { ...journey, stops: [...journey.stops, { city: 'Porto', nights: 2 }] });
  await window.screenshot('panel-json');
  await showTab(frame, 'Form');
  const cities = frame.getByLabel('city', { exact: true });
  await eventually('both cities have a field', async () => (await cities.count()) === 2);
  assert.equal(await cities.last().inputValue(), 'Porto');
});

test('text that is no JSON yet is said, and the form keeps what it has', async () => {
  const frame = await formOf(window, TAG);
  const before = await inputsOf(frame);
  await showTab(frame, 'JSON');
  await frame.locator('run-form json-editor textarea').fill('{"stops": [');
  await frame.locator('json-editor .problem').waitFor();
  await window.screenshot('panel-no-json');
  await showTab(frame, 'Form');
  assert.equal(await frame.getByLabel('city', { exact: true }).last().inputValue(), 'Porto');
  await fillJson(window, TAG, before);
});

test('Markdown is drawn, and the other views show the same run', async () => {
  const frame = await fillForm(window, TAG, {});
  await startRun(frame);
  await window.runSays('Completed', 'Lisbon, 3 nights', 'Porto, 2 nights', '180 euros');
  const output = frame.locator('run-output');
  await output.getByRole('heading', { name: 'Porto, 2 nights' }).waitFor();
  assert.ok((await output.getByRole('listitem').count()) >= 6, 'lists are lists');
  await window.screenshot('panel-text');
  await showView(frame, 'Events');
  await window.runSays(/^Gap$/m, /^\d+ ms$/m, 'a day.\\n'); // a row for each piece, the last one in sight
  await window.screenshot('panel-events');
  await showView(frame, 'Raw');
  await window.runSays('# 2 cities from 04 May');
  await window.screenshot('panel-raw');
  await showView(frame, 'Text');
});

test('an agent runs by keyboard alone, and Tab reaches everything in the order that is read', async () => {
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'estimate');
  const frame = await formOf(window, 'estimate');
  const { keyboard } = window.page;
  await eventually('the first field has the keyboard', async () => (await focused(frame)) === 'Add item');
  await keyboard.press('Enter');
  await eventually('so has the new item', async () => (await focused(frame)) === 'city');
  await keyboard.type('Lisbon');
  await keyboard.press('Tab');
  await keyboard.type('4');
  await keyboard.press('Control+Enter');
  await window.runSays('Completed', '"total": 320');
  const stops: string[] = [];
  await frame.locator('run-form').getByRole('tab', { name: 'Form' }).focus();
  for (let count = 0; count < 30 && stops.at(-1) !== 'Output'; count++) {
    stops.push(await focused(frame));
    await keyboard.press('Tab');
  }
  const order = ['Form', 'city', 'nights', 'Remove Item 1', 'Add item', 'per_night', 'Options', 'Run', 'Text'];
  assert.deepEqual(stops.filter((stop) => order.includes(stop)), order, stops.join(', '));
  assert.equal(stops.at(-1), 'Output', stops.join(', '));
  await window.screenshot('panel-keyboard');
});

test('an answer is a tree, whose parts fold', async () => {
  const frame = await formOf(window, 'estimate');
  await showView(frame, 'JSON');
  const tree = frame.locator('run-output').getByRole('tree');
  await tree.getByRole('treeitem').filter({ hasText: 'Lisbon' }).waitFor();
  await window.screenshot('panel-tree');
  await tree.press('Home');
  await tree.press('ArrowLeft');
  await eventually('it is folded', async () => (await tree.getByRole('treeitem').count()) === 1);
  await showView(frame, 'Text');
});

/** What a screen reader calls the element that has the keyboard, also within components. */
function focused(frame: Frame): Promise<string> {
  return frame.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (element === null) return '';
    const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0] : undefined;
    return (element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? '').trim();
  });
}

/** What they make of the page. */
const THEMES: Readonly<Record<string, RegExp>> = {
  'Default Dark Modern': /vscode-dark/,
  'Default Light Modern': /vscode-light/,
  'Default High Contrast': /^(?!.*high-contrast-light).*high-contrast/,
  'Default High Contrast Light': /high-contrast-light/,
};

for (const [theme, mark] of Object.entries(THEMES)) {
  test(`nothing keeps anyone out in the theme ${theme}`, async () => {
    writeFileSync(settings, JSON.stringify({ 'workbench.colorTheme': theme }));
    const frame = await runPage(window);
    await eventually('the page has the theme', async () => mark.test((await frame.locator('body').getAttribute('class')) ?? ''));
    assert.deepEqual(await axe(frame), []);
    await window.screenshot(`panel-${theme.toLowerCase().replaceAll(' ', '-')}`);
  });
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: unknown; readonly html: string }[] }[];
}

/** What axe finds wrong on the page, by rule and place. */
async function axe(frame: Frame): Promise<string[]> {
  await frame.evaluate(AXE);
  const violations = await frame.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    return (await checker.run()).violations;
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target} ${html}`));
}

test('at twice the size nothing is cut off', async () => {
  const size = window.page.viewportSize();
  // Half as much room for each pixel of the page is what 200 % leaves.
  await window.page.setViewportSize({ width: 760, height: 500 });
  const frame = await runPage(window);
  const overflow = () =>
    frame.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return [clientWidth, scrollWidth - clientWidth];
    });
  await eventually('the page is narrow', async () => ((await overflow())[0] ?? 0) < 400);
  assert.ok(((await overflow())[1] ?? 0) <= 0, 'it needs no scrolling sideways');
  await window.screenshot('panel-200-percent');
  await window.page.setViewportSize(size ?? { width: 1400, height: 1000 });
});
