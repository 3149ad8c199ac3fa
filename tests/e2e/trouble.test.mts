/** What can go wrong is said in its place: nothing lost, nothing executed, no spinner without end. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { findPython } from '../../scripts/setup.mjs';
import { hostileAgent, type HostileAgent } from './hostile_agent.mts';
import { formOf, runPage, sendForm } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const broken = files.copy('broken-agent');
/** No agent is known here. */
const noRegistry = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
let hostile: HostileAgent;
/** The window that most tests share; others open one of their own. */
let shared: Workbench;
let own: Workbench | undefined;

before(async () => {
  hostile = await hostileAgent(JSON.parse(readFileSync(path.join(folder, 'runagent.config.json'), 'utf8')));
  shared = await Workbench.open({ folder, file: 'main.py', env: noRegistry });
});
afterEach(async () => {
  await own?.close();
  own = undefined;
});
after(async () => {
  await shared?.close();
  await hostile?.close();
  files.remove();
});

async function open(options: Partial<Parameters<typeof Workbench.open>[0]> = {}): Promise<Workbench> {
  own = await Workbench.open({ folder, file: 'main.py', env: noRegistry, ...options });
  return own;
}

/** The shared window with the code alone, and with these settings. */
async function begin(settings: Record<string, unknown> = {}): Promise<Workbench> {
  shared.useSettings(settings);
  await shared.closeEditors();
  await shared.openFile('main.py');
  await eventually('lenses', async () => (await shared.lenses()).length >= 2);
  return shared;
}

/** Runs the entrypoint once its page says where runs go now, which follows the settings. */
async function greet(window: Workbench, target = 'This machine'): Promise<void> {
  await window.pressLens('Run', 0, (timeout) => formOf(window, 'greet', timeout));
  await window.runSays(target);
  await sendForm(window, 'greet', { name: 'Ada' });
}

/** Settings that call whatever listens on a port of this machine. */
function target(port: number): Record<string, unknown> {
  return { 'runagent.target.host': '127.0.0.1', 'runagent.target.port': port };
}

/** What a page says of that. */
const agentAt = (port: number) => `Agent at 127.0.0.1:${port}`;

test('an agent whose Python is not there: says so, and which one was wanted', async () => {
  const window = await begin({ 'runagent.serve.interpreter': '/nowhere/bin/python3' });
  await greet(window);
  await window.runSays('The run failed', '/nowhere/bin/python3');
  await window.agentIs(/not served, because it failed/);
  await window.screenshot('agent-without-python');
});

test('a port that speaks no HTTP: says so', async () => {
  const window = await begin(target(hostile.noisePort));
  await greet(window, agentAt(hostile.noisePort));
  const text = await window.runSays('The run failed', String(hostile.noisePort), 'Change Target');
  assert.doesNotMatch(text, /Traceback/);
  await window.screenshot('wrong-port');
});

test('hostile output is shown as text and does nothing', async () => {
  const window = await begin(target(hostile.port));
  await greet(window, agentAt(hostile.port));
  await window.runSays('Completed', '<script>', 'command:workbench.action.quit');
  const page = await runPage(window);
  assert.equal(await page.locator('.output script, .output img, .output a').count(), 0);
  assert.equal(await page.evaluate(() => 'owned' in globalThis), false);
  await window.screenshot('hostile-output');
});

test('a line of ten million characters leaves the editor usable', async () => {
  const window = await begin(target(hostile.port));
  await window.pressLens('Stream', 0, (timeout) => formOf(window, 'count_down_stream', timeout));
  await window.runSays(agentAt(hostile.port));
  await sendForm(window, 'count_down_stream', { start: 1, pause: 1 });
  const text = await window.runSays('Completed');
  assert.ok(text.length < 2_000_000, `${text.length} characters are drawn`);
  await window.openFile('runagent.config.json');
  await window.screenshot('long-line');
});

test('Restricted Mode: mistakes are shown, running is off and says so', async () => {
  const window = await open({ trusted: false, folder: broken });
  await eventually('mistakes are underlined', async () => (await window.squiggles('warning')) >= 1);
  await eventually('problems are listed', async () => /Errors: [1-9]/.test(await window.counts()));
  await eventually('restricted', async () => (await window.page.locator('#status\\.workspaceTrust').count()) > 0);
  const all = ['Run Entrypoint…', 'Serve Agent…', 'Restart Agent…', 'Stop Serving…', 'Verify Entrypoints…', 'Debug Entrypoint…'];
  assert.equal(await window.offersCommand('Agent Server…'), true);
  for (const command of all) assert.equal(await window.offersCommand(command), false, command);
  await window.pressLens('Run', 0, () => window.notification('Restricted Mode'));
  await window.screenshot('restricted-mode');
  await window.command('Notifications: Clear All Notifications');
  await window.command('RunAgent: Agent Server…');
  const rows = window.quickPick('What to do').locator('.quick-input-list .monaco-list-row');
  await eventually('only looking and trusting is offered', async () => {
    const texts = (await rows.allInnerTexts()).map((text) => text.trim());
    return texts.length === 2 && texts.includes('Show Log') && texts.some((text) => text.includes('Manage Workspace Trust'));
  });
  await window.screenshot('restricted-menu');
  await window.page.keyboard.press('Escape');
  assert.deepEqual(window.agentProcesses(), [], 'nothing of the agent was executed');
});

/** A PATH with every program that the editor needs, but only these Pythons. */
function pathWith(name: string, python?: string): string {
  const bin = path.join(files.folder, name);
  mkdirSync(bin);
  for (const program of ['sh', 'bash', 'env', 'ps', 'cat', 'uname']) {
    symlinkSync(spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim(), path.join(bin, program));
  }
  if (python !== undefined) {
    writeFileSync(path.join(bin, 'python3'), python);
    chmodSync(path.join(bin, 'python3'), 0o755);
  }
  return bin;
}

test('no Python: says what was tried and what to do', async () => {
  const window = await open({ env: { ...noRegistry, PATH: pathWith('no-python') } });
  const text = await window.notification('Python 3.11');
  assert.match(text, /Select Interpreter/);
  await window.screenshot('no-python');
});

test('a Python that is too old: names it and its version', async () => {
  // The oldest thing a Python can be is one that only tells its version.
  const old = `#!/bin/sh\nexec ${findPython()} -I -S -c 'import sys; sys.version_info = (3, 8, 10, "final", 0); sys.argv = sys.argv[1:]; exec(sys.argv[sys.argv.index("-c") + 1])' "$@"\n`;
  const window = await open({ env: { ...noRegistry, PATH: pathWith('old-python', old) } });
  const text = await window.notification('Python 3.11');
  assert.match(text, /3\.8\.10/);
  await window.screenshot('old-python');
});

for (const [theme, mark] of [['Default High Contrast', 'hc-black'], ['Default High Contrast Light', 'hc-light']] as const) {
  test(`a failed run is readable in the theme ${theme}`, async () => {
    const window = await begin({ ...target(hostile.noisePort), 'workbench.colorTheme': theme });
    await window.page.locator(`.monaco-workbench.${mark}`).waitFor();
    await greet(window, agentAt(hostile.noisePort));
    await window.runSays('The run failed', 'Change Target');
    const faint = await (await runPage(window)).evaluate(textsBelow, 4.5);
    assert.deepEqual(faint, []);
    await window.screenshot(theme.toLowerCase().replaceAll(' ', '-'));
  });
}

/** Runs in the page: the texts whose contrast with what is behind them is less than `least`, as WCAG computes it. */
function textsBelow(least: number): string[] {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    if (element === null) throw new Error('nothing has a background');
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const texts = [...document.querySelectorAll('#run *:not([hidden]):not([aria-disabled="true"]):not(:disabled)')].filter(
    ({ childNodes }) => [...childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim()),
  );
  if (texts.length < 5) throw new Error(`only ${texts.length} texts`);
  return texts.flatMap((element) => {
    const [one, other] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return contrast < least ? [`${element.textContent}: ${contrast.toFixed(1)}`] : [];
  });
}

// The last test of the hostile agent: it stays garbled.
test('an answer that is no JSON and a stream that breaks off: both are said, and nothing that came is lost', async () => {
  hostile.garble();
  const window = await begin(target(hostile.port));
  await greet(window, agentAt(hostile.port));
  await window.runSays('The run failed', 'not JSON', 'Change Target');
  await window.screenshot('not-json');
  await begin(target(hostile.port));
  await window.pressLens('Stream', 0, (timeout) => formOf(window, 'count_down_stream', timeout));
  await sendForm(window, 'count_down_stream', { start: 1, pause: 1 });
  await window.runSays('The run failed', 'STREAM_ERROR', 'half of it');
  await window.screenshot('stream-broken-off');
});

// It has none afterwards: the last test of the shared window.
test('a server that dies is started again once, then it is said', async () => {
  const window = await begin();
  killServer(window);
  await window.notification(/stopped|restart/i);
  await window.screenshot('server-died-once');
  await eventually('it runs again', () => window.serverProcesses().length === 1);
  killServer(window);
  await window.notification('Restart Language Server');
  await window.screenshot('server-died-twice');
  assert.equal(window.serverProcesses().length, 0);
});

function killServer(window: Workbench): void {
  const [pid] = window.serverProcesses();
  assert.ok(pid !== undefined, 'a server runs');
  process.kill(pid, 'SIGKILL');
}
