/** The container in the activity bar: agents with their servers and findings, and the history of runs. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { findPython } from '../../scripts/setup.mjs';
import { run } from '../../scripts/steps.mjs';
import { formOf, sendForm } from './run_form.mts';
import {
  chooseInMenu,
  expand,
  menuOf,
  pressInRow,
  pressInTitle,
  rows,
  rowsAre,
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

/** Puts runs of `folder` into the window's history, as the command line would. */
function seed(folder: string, count: number): void {
  const script = path.join(import.meta.dirname, 'seed_history.py');
  run(findPython(), [script, path.join(window.dataDir, 'history.db'), folder, String(count)]);
}

/** The same picture in dark, light and high contrast. */
async function screenshots(name: string): Promise<void> {
  const themes = { dark: ['Dark Modern', 'vs-dark'], hc: ['Dark High Contrast', 'hc-black'], light: ['Light Modern', 'vs'] };
  for (const [short, [theme = '', mark = '']] of Object.entries(themes)) {
    await window.chooseAfter('Preferences: Color Theme', 'Select Color Theme', theme);
    await window.page.locator(`.monaco-workbench.${mark}`).waitFor();
    await window.screenshot(`${name}-${short}`);
  }
}

describe('the view of agents', () => {
  const folder = path.join(files.folder, 'two');

  before(async () => {
    for (const example of ['hello-agent', 'broken-agent']) {
      cpSync(files.copy(example), path.join(folder, example), { recursive: true });
    }
    window = await Workbench.open({ folder, env });
    await showViews(window);
  });
  after(() => window.close());

  test('lists agents with entrypoints and signatures, and marks what is wrong', async () => {
    await rowsAre(window, 'Agents', 'both agents', (texts) =>
      ['hello-agent', '(name: str, excited: bool = False) -> dict[str, object]', 'count_down_stream'].every((part) =>
        texts.some((text) => text.includes(part)),
      ),
    );
    const broken = rows(window, 'Agents', /broken.*\d+ errors?/);
    await broken.first().waitFor();
    await eventually('it carries the number of its errors', async () =>
      /^[1-9]/.test(await broken.first().locator('.monaco-icon-label').first().evaluate((label) =>
        getComputedStyle(label, '::after').content.replaceAll('"', ''))),
    );
    await screenshots('agents');
  });

  test('a row opens the code of its entrypoint, and its menu the configuration', async () => {
    await rows(window, 'Agents', 'divide').first().click();
    await window.page.locator('.tab.active[data-resource-name="main.py"]').waitFor();
    const line = readFileSync(path.join(folder, 'hello-agent', 'main.py'), 'utf8').split('\n').indexOf('def divide(dividend: float, divisor: float) -> float:') + 1;
    await eventually('the cursor is in its line', async () =>
      (await window.page.locator('#status\\.editor\\.selection').innerText()).includes(`Ln ${line},`),
    );
    await chooseInMenu(window, rows(window, 'Agents', 'divide'), 'Open Configuration');
    await window.page.locator('.tab.active[data-resource-name="runagent.config.json"]').waitFor();
  });

  test('an agent is served, shown with its port, and stopped', async () => {
    const agent = rows(window, 'Agents', /^hello-agent/);
    await pressInRow(agent, 'Serve Agent');
    await rowsAre(window, 'Agents', 'its port is shown', (texts) => texts.some((text) => /^hello-agent:\d+/.test(text)));
    await window.agentIs(/hello-agent is served at/);
    assert.ok((await menuOf(window, agent)).includes('Stop Serving…'));
    await window.page.keyboard.press('Escape');
    await window.screenshot('agents-served');
    await pressInRow(agent, 'Stop Serving');
    await rowsAre(window, 'Agents', 'no port is shown', (texts) => texts.includes('hello-agent'));
  });

  test('an entrypoint is run from its row, and the run appears among the runs at once', async () => {
    await pressInRow(rows(window, 'Agents', 'greet'), 'Run Entrypoint');
    await formOf(window, 'greet');
    await sendForm(window, 'greet', { name: 'Ada' });
    await window.runSays('Completed', 'Hello, Ada.');
    await rowsAre(window, 'Runs', 'the run is counted', (texts) => texts.some((text) => /^greet1 run · now/.test(text)));
    await expand(rows(window, 'Runs', 'greet'));
    await rowsAre(window, 'Runs', 'it is listed', (texts) => texts.some((text) => /name="Ada".*completed · now/.test(text)));
    await window.screenshot('runs-first');
  });
});
