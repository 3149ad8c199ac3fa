/** The view of agents with their servers and findings, views that have nothing to show, and the first steps. */

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { formOf, sendForm } from './run_form.mts';
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
    await screenshots(window, 'agents');
  });

  test('a row opens the code of its entrypoint, and its menu the configuration', async () => {
    await rows(window, 'Agents', 'divide').first().click();
    await window.page.locator('.tab.active[data-resource-name="main.py"]').waitFor();
    const line = readFileSync(path.join(folder, 'hello-agent', 'main.py'), 'utf8').split('\n').indexOf('def divide(dividend: float, divisor: float) -> float:') + 1;
    await eventually('the cursor is in its line', () => window.isInLine(line));
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
    await rowsAre(window, 'Runs', 'the run is counted', (texts) => texts.some((text) => /^greet1 run · /.test(text)));
    await expand(rows(window, 'Runs', 'greet'));
    await rowsAre(window, 'Runs', 'it is listed', (texts) => texts.some((text) => /name="Ada".* · .*completed/.test(text)));
    await window.screenshot('runs-first');
  });

  test('the language server has stopped: says so, and is started again', async () => {
    await showViews(window);
    await rowsAre(window, 'Agents', 'agents are known', (texts) => texts.length >= 4);
    await stopForGood();
    await viewSays(window, 'Agents', 'language server is not running', 'Show Logs');
    await viewSays(window, 'Runs', 'language server is not running');
    await window.screenshot('views-stopped');
    await viewOf(window, 'Agents').getByRole('button', { name: 'Restart Language Server' }).click();
    await rowsAre(window, 'Agents', 'agents are back', (texts) => texts.length >= 4);
  });

  test('an agent whose folder is deleted is listed no more', async () => {
    const isListed = (texts: readonly string[]) => texts.some((text) => text.startsWith('broken'));
    await rowsAre(window, 'Agents', 'it is listed', isListed);
    rmSync(path.join(folder, 'broken-agent'), { recursive: true });
    await rowsAre(window, 'Agents', 'the other one alone is listed', (texts) => texts.length >= 4 && !isListed(texts));
  });

  /** One crash is mended; the next one soon after is not. */
  async function stopForGood(): Promise<void> {
    for (let crash = 0; crash < 2; crash++) {
      const [server] = await eventually('a server runs', () => {
        const found = window.serverProcesses();
        return found.length > 0 ? found : undefined;
      }) as number[];
      assert.ok(server !== undefined);
      process.kill(server, 'SIGKILL');
      await eventually('it is gone', () => !existsSync(`/proc/${server}`));
      if (crash === 0) await rowsAre(window, 'Agents', 'agents are known again', (texts) => texts.length >= 4);
    }
  }
});

describe('views that have nothing to show', () => {
  afterEach(() => window.close());

  test('no folder: says what to open', async () => {
    window = await Workbench.open({ env });
    await showViews(window);
    await viewSays(window, 'Agents', 'No folder is open');
    await viewOf(window, 'Agents').getByRole('button', { name: 'Open Folder' }).waitFor();
    await window.screenshot('views-no-folder');
    await viewOf(window, 'Agents').getByRole('button', { name: 'New Agent', exact: true }).waitFor();
  });

  test('a folder without an agent: offers to make one', async () => {
    const folder = path.join(files.folder, 'plain');
    mkdirSync(folder);
    window = await Workbench.open({ folder, env });
    await showViews(window);
    await viewSays(window, 'Agents', 'No agent was found', 'Make Folder an Agent', 'First Steps');
    await window.screenshot('views-no-agent');
    await viewOf(window, 'Agents').getByRole('button', { name: 'First Steps' }).click();
    await window.page.locator('.getting-started-step, .step-list-container .button-link').first().waitFor();
  });

  test('Restricted Mode: agents are shown, nothing that executes them is offered', async () => {
    const folder = files.copy('hello-agent');
    window = await Workbench.open({ folder, env, trusted: false });
    await showViews(window);
    await viewSays(window, 'Agents', 'Restricted Mode: agents are checked', 'greet');
    const offered = await menuOf(window, rows(window, 'Agents', 'greet'));
    assert.ok(offered.includes('Open Code'), String(offered));
    assert.ok(!offered.some((item) => /^(Run|Debug|Stream)/.test(item)), String(offered));
    await window.page.keyboard.press('Escape');
    await window.screenshot('views-restricted');
  });

  test('the history is off: says so, with the way to its setting', async () => {
    const folder = files.copy('hello-agent');
    window = await Workbench.open({ folder, env, settings: { 'runagent.history.enabled': false } });
    await showViews(window);
    await viewSays(window, 'Runs', 'Runs are not kept');
    await window.screenshot('views-history-off');
    await viewOf(window, 'Runs').getByRole('button', { name: 'Open Setting' }).click();
    await window.page.locator('.settings-editor').waitFor();
    seed(window, folder, 3);
    await showViews(window);
    await window.command('RunAgent: Refresh Runs');
    await viewSays(window, 'Runs', 'New runs are not kept', '3 runs');
  });

  test('a history that cannot be read: says why', async () => {
    window = await Workbench.open({ folder: files.copy('hello-agent'), env });
    mkdirSync(path.join(window.dataDir, 'history.db'));
    await showViews(window);
    await rowsAre(window, 'Agents', 'agents are known', (texts) => texts.length >= 4);
    await pressInTitle(window, 'Runs', 'Refresh Runs');
    await viewSays(window, 'Runs', /history\.db/);
    await window.screenshot('views-history-unreadable');
  });
});

describe('the walkthrough', () => {
  before(async () => {
    window = await Workbench.open({ folder: files.copy('hello-agent'), env });
  });
  after(() => window.close());

  /** Opens it (Escape, which opening a command begins with, leaves it) until so many steps are ticked, in order. */
  async function ticked(...wanted: readonly boolean[]): Promise<void> {
    await window.chooseAfter('Welcome: Open Walkthrough', 'walkthrough', 'Begin with RunAgent');
    let ticks: boolean[] = [];
    await eventually(`the steps are ${wanted}`, async () => {
      ticks = await window.page.locator('.getting-started-step').evaluateAll((steps) =>
        steps.map((step) => step.querySelector('.codicon.complete') !== null),
      );
      return String(ticks) === String(wanted);
    }).catch((error: Error) => {
      throw new Error(`${error.message}; they are ${ticks}`);
    });
  }

  test('has four steps, each completed by what it is about', async () => {
    await ticked(true, false, false, false);
    await window.screenshot('walkthrough');
    await window.command('RunAgent: Serve Agent…');
    await window.agentIs(/is served at/);
    await ticked(true, true, false, false);
    await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
    await sendForm(window, 'greet', { name: 'Ada' });
    await window.runSays('Completed');
    await ticked(true, true, true, false);
    await showViews(window);
    await expand(rows(window, 'Runs', /^greet/));
    await rows(window, 'Runs', 'name="Ada"').first().click();
    await window.editorSays('greet: completed');
    await ticked(true, true, true, true);
    await window.screenshot('walkthrough-done');
  });
});
