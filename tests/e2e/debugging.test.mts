/** Debug: the agent runs under the real debugpy, a breakpoint is hit, and all of it ends with the editor. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { packPythonDebugger } from './python_debugger.mts';
import { formOf, runPage, sendForm, startButton } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const lines = readFileSync(path.join(folder, 'main.py'), 'utf8').split('\n');
const breakpoint = lines.findIndex((line) => line.includes('text = f"Hello')) + 1;
const registry = path.join(files.folder, 'empty-registry');
const env = { ...process.env, RUNAGENT_CACHE_DIR: registry };
let debuggerVsix: string;
let window: Workbench | undefined;

before(() => {
  mkdirSync(registry);
  debuggerVsix = packPythonDebugger(files.folder);
});
afterEach(async () => {
  await window?.close();
  window = undefined;
});
after(() => files.remove());

async function open(vsixFiles: readonly string[]): Promise<Workbench> {
  window = await Workbench.open({ folder, env, vsixFiles });
  await window.openFile('main.py');
  await eventually('lenses', async () => (await window?.lenses())?.includes('Debug'));
  return window;
}

/** The line that the debugger stands in. */
async function stoppedIn(window: Workbench, line: number): Promise<void> {
  await window.page.locator('.debug-toolbar').waitFor();
  await window.page.locator('.debug-top-stack-frame-line').first().waitFor();
  await eventually(`it stands in line ${line}`, async () => {
    return (await window.page.locator('#status\\.editor\\.selection').innerText()).includes(`Ln ${line},`);
  });
}

async function debuggerIsGone(window: Workbench): Promise<void> {
  await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  await eventually('served as usual', async () => /is served at [\d.:]+$/.test((await window.agentStatus()).replace(/\.$/, '')));
}

test('a breakpoint is hit from cold, and again with the inputs of the last run', async () => {
  const window = await open([debuggerVsix]);
  await window.goTo(breakpoint);
  await window.page.keyboard.press('F9');
  await window.pressLens('Debug', 0, () => formOf(window, 'greet', 5000));
  await sendForm(window, 'greet', { name: 'Ada' });
  await stoppedIn(window, breakpoint);
  assert.match(await window.agentStatus(), /for debugging/);
  await eventually('the inputs are among the variables', async () => {
    const rows = window.page.locator('.debug-variables .monaco-list-row');
    if ((await rows.count()) <= 2) await rows.filter({ hasText: 'Locals' }).click({ timeout: 2000 });
    const variables = await window.page.locator('.debug-variables').innerText();
    return variables.replaceAll('\u00a0', ' ').includes("'Ada'");
  });
  const threads = await window.page.locator('.debug-call-stack').innerText();
  assert.match(threads, /runagent-run/);
  assert.doesNotMatch(threads, /runagent-(?!run)/, 'what speaks with the editor goes on');
  await window.screenshot('debug-breakpoint');
  await window.page.keyboard.press('F5');
  await window.runSays('Completed', 'Hello, Ada.');

  await window.chooseAfter('RunAgent: Debug Entrypoint…', 'Entrypoint to debug', 'greet');
  await stoppedIn(window, breakpoint); // nobody was asked for inputs
  await window.page.keyboard.press('F5');
  await window.runSays('Completed', 'Hello, Ada.');

  await window.page.keyboard.press('Shift+F5');
  await debuggerIsGone(window);
  await startButton(await runPage(window)).click();
  await window.runSays('Completed', 'Hello, Ada.');

  await window.chooseAfter('RunAgent: Debug Entrypoint…', 'Entrypoint to debug', 'greet');
  await stoppedIn(window, breakpoint); // though it was served without a debugger
  await window.page.keyboard.press('Shift+F5'); // the run goes on without it
  await window.runSays('Completed', 'Hello, Ada.');
  await debuggerIsGone(window);
});

test('after the debugger has left a run, others are answered while that run goes on', async () => {
  const window = await open([debuggerVsix]);
  const line = lines.findIndex((text) => text.includes('yield f"')) + 1;
  await window.goTo(line);
  await window.page.keyboard.press('F9');
  await window.chooseAfter('RunAgent: Debug Entrypoint…', 'Entrypoint to debug', 'count_down_stream');
  await sendForm(window, 'count_down_stream', { start: 100_000, pause: 0.05 });
  await stoppedIn(window, line);
  await window.page.keyboard.press('Shift+F5');
  await window.runSays('Running', '99999 ...');
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
  await sendForm(window, 'greet', { name: 'Ada' });
  await window.runSays('Completed', 'Hello, Ada.');
  assert.match(await window.agentStatus(), /for debugging/, 'the first run goes on');
  await window.command('RunAgent: Cancel Run');
  await debuggerIsGone(window);
});

test('an editor that is killed while it debugs leaves no process behind', async () => {
  const window = await open([debuggerVsix]);
  await window.goTo(breakpoint);
  await window.page.keyboard.press('F9');
  await window.chooseAfter('RunAgent: Debug Entrypoint…', 'Entrypoint to debug', 'greet');
  await sendForm(window, 'greet', { name: 'Ada' });
  await stoppedIn(window, breakpoint);
  const processes = window.agentProcesses();
  assert.ok(processes.length >= 3, 'a server, the agent and its debugger');
  const [host] = window.extensionHosts();
  assert.ok(host !== undefined, 'an extension host runs');
  process.kill(host, 'SIGKILL');
  await eventually('they are gone', () => processes.every((pid) => !window.agentProcesses().includes(pid)));
});

test('without a Python debugger it says so and how to find one', async () => {
  const window = await open([]);
  await window.command('RunAgent: Debug Entrypoint…');
  const text = await window.notification('ms-python.debugpy');
  assert.match(text, /Find Python Debugger/);
  await window.screenshot('no-python-debugger');
  assert.deepEqual(window.agentProcesses(), [], 'nothing was started for it');
});
