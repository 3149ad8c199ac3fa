/** The view of runs: hundreds of them are listed, found, compared, kept, deleted and run again. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fillForm, formOf, sendForm, startRun } from './run_form.mts';
import {
  chooseInMenu,
  expand,
  menuOf,
  pressInRow,
  pressInTitle,
  rows,
  rowsAre,
  screenshots,
  seed,
  showViews,
  viewOf,
  viewSays,
} from './views.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
let window: Workbench;

after(() => files.remove());

describe('the view of runs', () => {
  let folder: string;

  before(async () => {
    folder = files.copy('hello-agent');
    window = await Workbench.open({ folder, env, settings: { 'diffEditor.useInlineViewWhenSpaceIsLimited': false } });
    seed(window, folder, 300);
    await showViews(window);
    await rowsAre(window, 'Agents', 'agents are known', (texts) => texts.length >= 4);
    await pressInTitle(window, 'Runs', 'Refresh Runs');
    await rowsAre(window, 'Runs', 'all are counted', (texts) => texts.includes('hello-agent300 runs'));
  });
  beforeEach(() => window.page.keyboard.press('Escape'));
  after(() => window.close());

  /** Lists only the runs that fit. */
  async function filter(typed: string): Promise<void> {
    await pressInTitle(window, 'Runs', 'Filter Runs');
    await window.waitForInput('Filter Runs');
    await window.quickInput.fill(typed);
    await window.quickInput.press('Enter');
    await window.quickPick('Filter Runs').waitFor({ state: 'hidden' });
  }

  /** Selects the first rows that hold these texts, and answers the last of them. */
  async function select(...texts: string[]) {
    const found = texts.map((text) => rows(window, 'Runs', text).first());
    for (const [index, row] of found.entries()) await row.click(index === 0 ? {} : { modifiers: ['ControlOrMeta'] });
    const last = found.at(-1);
    assert.ok(last !== undefined);
    return last;
  }

  /** The texts of both sides of the comparison that is shown. */
  async function comparison(): Promise<{ left: string; right: string; removed: number }> {
    const diff = window.page.locator('.monaco-diff-editor:visible');
    await eventually('differences are marked', async () => (await diff.locator('.line-insert, .char-insert').count()) > 0);
    const side = async (name: string) =>
      (await diff.locator(`.editor.${name} .view-lines`).innerText()).replaceAll('\u00a0', ' ');
    return { left: await side('original'), right: await side('modified'), removed: await diff.locator('.line-delete').count() };
  }

  test('hundreds of runs are listed page by page', async () => {
    await expand(rows(window, 'Runs', /^greet/));
    await rowsAre(window, 'Runs', 'the newest is first', (texts) => texts.some((text) => text.startsWith('name="seeded 299"')));
    await screenshots(window, 'runs');
    const more = rows(window, 'Runs', 'Older runs…');
    await eventually('older runs are listed', async (timeout) => {
      // The row is at the end of a long list: only what is in sight is drawn.
      await viewOf(window, 'Runs').locator('.monaco-list').first().focus({ timeout });
      await window.page.keyboard.press('End');
      await rows(window, 'Runs', /^count_down_stream/).waitFor({ timeout });
      const texts = await rows(window, 'Runs', 'seeded').allInnerTexts();
      // A page holds 25 runs, and two of three are of this entrypoint.
      if (texts.some((text) => Number(/seeded (\d+)/.exec(text)?.[1]) < 255)) return true;
      await more.click({ timeout });
      return false;
    });
    await window.page.keyboard.press('Home');
  });

  test('runs are found by their words, by state and by entrypoint', async () => {
    await filter('seeded 29');
    await rowsAre(window, 'Runs', 'those that were found', (texts) =>
      texts.some((text) => text.includes('seeded 29"')) && !texts.some((text) => /seeded 30/.test(text)),
    );
    await viewSays(window, 'Runs', 'seeded 29', /Runs that fit the filter: \d+/);
    await window.screenshot('runs-found');

    await filter('@failed @tag:divide');
    await rowsAre(window, 'Runs', 'one entrypoint is left', (texts) =>
      texts.some((text) => text.startsWith('divide')) && !texts.some((text) => text.startsWith('greet')),
    );
    await expand(rows(window, 'Runs', /^divide/));
    await rowsAre(window, 'Runs', 'what went wrong', (texts) => texts.some((text) => text.startsWith('division by zero')));

    await filter('nothing-holds-this');
    await viewSays(window, 'Runs', 'No run fits the filter');
    await window.screenshot('runs-nothing-found');
    await viewOf(window, 'Runs').getByRole('button', { name: 'Clear Filter', exact: true }).click();
    await rowsAre(window, 'Runs', 'all are back', (texts) => texts.includes('hello-agent300 runs'));
  });

  test('a filter can be chosen instead of typed', async () => {
    await pressInTitle(window, 'Runs', 'Filter Runs');
    await window.choose('Filter Runs', '@failed');
    await viewSays(window, 'Runs', '@failed');
    await pressInTitle(window, 'Runs', 'Clear Filter');
    await rowsAre(window, 'Runs', 'all are back', (texts) => texts.includes('hello-agent300 runs'));
  });

  test('a run is opened, two are compared', async () => {
    await expand(rows(window, 'Runs', /^greet/));
    await (await select('seeded 299')).press('Enter');
    await window.editorSays('greet: completed', 'seeded 299', 'Hello, seeded 299.');
    const row = await select('seeded 298', 'seeded 299');
    assert.ok(!(await menuOf(window, row)).includes('Run Again'), 'only one run can run again');
    await window.page.keyboard.press('Escape');
    await chooseInMenu(window, row, 'Compare…');
    const { left, right } = await comparison();
    assert.match(left, /seeded 298/);
    assert.match(right, /seeded 299/);
    await window.screenshot('runs-compared');
    await chooseInMenu(window, await select('seeded 296'), 'Compare with Latest Run');
    await eventually('the latest is on the right', async () => {
      const shown = await comparison();
      return shown.left.includes('seeded 296') && shown.right.includes('seeded 299');
    });
  });

  test('a run alone is compared with one that is searched', async () => {
    await chooseInMenu(window, await select('seeded 299'), 'Compare…');
    await window.quickPick('Run to compare').waitFor();
    await window.quickInput.fill('seeded 148');
    await window.choose('Run to compare', 'seeded 148');
    await eventually('both are shown', async () => (await comparison()).left.includes('seeded 148'));
  });

  test('runs are pinned, listed as such, and exported', async () => {
    await chooseInMenu(window, await select('seeded 295', 'seeded 296'), 'Pin');
    await rowsAre(window, 'Runs', 'both are pinned', (texts) => texts.filter((text) => text.includes('pinned')).length === 2);
    await filter('@pinned');
    await rowsAre(window, 'Runs', 'two are left', (texts) => texts.includes('hello-agent2 runs'));
    await window.screenshot('runs-pinned');
    await chooseInMenu(window, await select('seeded 295', 'seeded 296'), 'Export…');
    const file = path.join(folder, 'both.md');
    await window.typePath('Export 2 Runs', file);
    await window.notification('2 runs are exported');
    assert.match(readFileSync(file, 'utf8'), /seeded 29[56]\.[\s\S]*seeded 29[56]\./);
    await chooseInMenu(window, await select('seeded 295'), 'Unpin');
    await rowsAre(window, 'Runs', 'one is left', (texts) => texts.includes('hello-agent1 run'));
    await pressInTitle(window, 'Runs', 'Clear Filter');
  });

  test('runs are deleted by key, after a question', async () => {
    await select('seeded 299', 'seeded 298');
    await window.page.keyboard.press('Delete');
    assert.match(await window.confirm('Delete'), /Delete 2 runs[\s\S]*gone for good/);
    await rowsAre(window, 'Runs', 'they are gone', (texts) =>
      texts.includes('hello-agent298 runs') && !texts.some((text) => /seeded 29[89]/.test(text)),
    );
  });

  test('a run runs again with its inputs, or with other ones', async () => {
    await pressInRow(rows(window, 'Runs', 'seeded 296'), 'Run Again');
    await window.runSays('Completed', 'Hello, seeded 296.');
    await rowsAre(window, 'Runs', 'it is kept', (texts) => texts.filter((text) => text.includes('seeded 296')).length === 2);
    await pressInRow(rows(window, 'Runs', 'seeded 295'), 'Edit Inputs and Run');
    const form = await formOf(window, 'greet');
    // What is filled in before they are there is replaced by them.
    await eventually('its inputs are there', async () => (await form.getByLabel('name', { exact: true }).first().inputValue()) === 'seeded 295');
    const page = await fillForm(window, 'greet', { excited: true });
    await startRun(page);
    await window.runSays('Completed', 'HELLO, SEEDED 295!');
    await rowsAre(window, 'Runs', 'it is kept', (texts) => texts.some((text) => /seeded 295", excited=true/.test(text)));
  });

  test('two runs that do not differ are said to be the same', async () => {
    const again = rows(window, 'Runs', 'seeded 296');
    await pressInRow(again, 'Run Again');
    await rowsAre(window, 'Runs', 'it has ended', (texts) => texts.filter((text) => /seeded 296.*completed/s.test(text)).length === 3);
    await again.first().click();
    await again.nth(1).click({ modifiers: ['ControlOrMeta'] });
    const comparisons = window.page.locator('.tab').filter({ hasText: '↔' });
    const before = await comparisons.count();
    await chooseInMenu(window, again.nth(1), 'Compare…');
    await window.notification(/no difference: inputs, output and errors/);
    assert.equal(await comparisons.count(), before, 'no empty comparison is opened');
  });

  test('the last run is compared with a saved case', async () => {
    const cases = path.join(folder, '.runagent', 'cases', 'greet');
    mkdirSync(cases, { recursive: true });
    const expected = { text: 'HELLO, NOBODY!', letters: 10 };
    writeFileSync(path.join(cases, 'loud.json'), JSON.stringify({ inputs: { name: 'seeded 295', excited: true }, expect: { equals: expected } }));
    await chooseInMenu(window, rows(window, 'Agents', 'greet'), 'Compare Last Run with Saved Case…');
    await window.page.locator('.tab.active').filter({ hasText: 'Case loud' }).waitFor();
    const marks = window.page.locator('.monaco-diff-editor').locator('.line-insert, .char-insert');
    await eventually('differences are marked', async () => (await marks.count()) > 0);
    await window.screenshot('case-compared');
  });

  test('a run that goes on is cancelled in its row', async () => {
    await pressInRow(rows(window, 'Agents', 'count_down_stream'), 'Stream');
    await sendForm(window, 'count_down_stream', { start: 100_000 });
    await expand(rows(window, 'Runs', /^count_down_stream/));
    await pressInRow(rows(window, 'Runs', 'start=100000'), 'Cancel Run');
    await window.runSays('Cancelled');
    await rowsAre(window, 'Runs', 'it has ended', (texts) => texts.some((text) => /start=100000.*cancelled/s.test(text)));
  });

  test('all runs are deleted', async () => {
    await window.command('RunAgent: Delete All Runs…');
    assert.match(await window.confirm('Delete'), /pinned ones too, are gone for good/);
    await viewSays(window, 'Runs', 'No runs are kept yet');
  });
});
