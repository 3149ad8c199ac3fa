/** Debug: the agent runs under the real debugpy, a breakpoint is hit, and all of it ends with the editor. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { packPythonDebugger } from './python_debugger.mts';
import { formOf, runPage, sendForm, startRun } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const lines = readFileSync(path.join(folder, 'main.py'), 'utf8').split('\n');
const breakpoint = lines.findIndex((line) => line.includes('text = f"Hello')) + 1;
const registry = path.join(files.folder, 'empty-registry');
const env = { ...process.env, RUNAGENT_CACHE_DIR: registry };
let window: Workbench;

before(async () => {
  mkdirSync(registry);
  await open([packPythonDebugger(files.folder)]);
});
after(async () => {
  await window?.close();
  files.remove();
});

async function open(vsixFiles: readonly string[]): Promise<void> {
  window = await Workbench.open({ folder, file: 'main.py', env, vsixFiles });
  await eventually('lenses', async () => (await window.lenses()).includes('Debug'));
}

/** Where the tests before have left a breakpoint. */
let breaksIn: number | undefined;

/** Shows the code alone, which then stops in this line and in no other. */
async function breakIn(line: number): Promise<void> {
  await window.closeEditors();
  await window.openFile('main.py');
  if (breaksIn === line) return;
  if (breaksIn !== undefined) await window.breakpoint(breaksIn, false);
  await window.breakpoint(line, true);
  breaksIn = line;
}

/** The line that the debugger stands in. */
async function stoppedIn(line: number): Promise<void> {
  await window.page.locator('.debug-toolbar').waitFor();
  await window.page.locator('.debug-top-stack-frame-line').first().waitFor();
  await eventually(`it stands in line ${line}`, () => window.isInLine(line));
}

async function debuggerIsGone(): Promise<void> {
  await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  await window.agentIs(/is served at [\d.:]+\.?$/);
}

test('a breakpoint is hit from cold, and again with the inputs of the last run', async () => {
  await breakIn(breakpoint);
  await eventually('lenses', async () => (await window.lenses()).includes('Debug'));
  await window.pressLens('Debug', 0, (timeout) => formOf(window, 'greet', timeout));
  await sendForm(window, 'greet', { name: 'Ada' });
  await stoppedIn(breakpoint);
  await window.agentIs(/for debugging/);
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
  await stoppedIn(breakpoint); // nobody was asked for inputs
  await window.page.keyboard.press('F5');
  await window.runSays('Completed', 'Hello, Ada.');

  await window.page.keyboard.press('Shift+F5');
  await debuggerIsGone();
  await startRun(await runPage(window));
  await window.runSays('Completed', 'Hello, Ada.');

  await window.chooseAfter('RunAgent: Debug Entrypoint…', 'Entrypoint to debug', 'greet');
  await stoppedIn(breakpoint); // though it was served without a debugger
  await window.page.keyboard.press('Shift+F5'); // the run goes on without it
  await window.runSays('Completed', 'Hello, Ada.');
  await debuggerIsGone();
});

test('after the debugger has left a run, others are answered while that run goes on', async () => {
  const line = lines.findIndex((text) => text.includes('yield f"')) + 1;
  await breakIn(line);
  await window.chooseAfter('RunAgent: Debug Entrypoint…', 'Entrypoint to debug', 'count_down_stream');
  await sendForm(window, 'count_down_stream', { start: 100_000, pause: 0.05 });
  await stoppedIn(line);
  await window.page.keyboard.press('Shift+F5');
  await window.runSays('Running', '99999 ...');
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
  await sendForm(window, 'greet', { name: 'Ada' });
  await window.runSays('Completed', 'Hello, Ada.');
  assert.match(await window.agentStatus(), /for debugging/, 'the first run goes on');
  await window.command('RunAgent: Cancel Run');
  await debuggerIsGone();
});

test('an editor that is killed while it debugs leaves no process behind', async () => {
  await breakIn(breakpoint);
  await window.chooseAfter('RunAgent: Debug Entrypoint…', 'Entrypoint to debug', 'greet'); // with the inputs of its last run
  await stoppedIn(breakpoint);
  const processes = window.agentProcesses();
  assert.ok(processes.length >= 3, 'a server, the agent and its debugger');
  const [host] = window.extensionHosts();
  assert.ok(host !== undefined, 'an extension host runs');
  process.kill(host, 'SIGKILL');
  await eventually('they are gone', () => processes.every((pid) => !window.agentProcesses().includes(pid)));
});

test('without a Python debugger it says so and how to find one', async () => {
  await window.close();
  await open([]);
  await window.command('RunAgent: Debug Entrypoint…');
  const text = await window.notification('ms-python.debugpy');
  assert.match(text, /Find Python Debugger/);
  await window.screenshot('no-python-debugger');
  assert.deepEqual(window.agentProcesses(), [], 'nothing was started for it');
});
