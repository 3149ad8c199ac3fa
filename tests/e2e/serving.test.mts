/** Nothing but the extension is installed: an agent is served by a click, survives a typo, and ends with the editor. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { findPython } from '../../scripts/setup.mjs';
import { root } from '../../scripts/steps.mjs';
import { fillForm, formOf, runPage, sendForm, startRun } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const main = path.join(folder, 'main.py');
const source = readFileSync(main, 'utf8');
const registry = path.join(files.folder, 'empty-registry');
/** While this file is there, the import of the agent waits for it to go. */
const gate = path.join(files.folder, 'gate');
let window: Workbench;

function openWindow(): Promise<Workbench> {
  return Workbench.open({
    folder,
    file: 'main.py',
    // No agent is known here, and no platform is installed.
    env: { ...process.env, RUNAGENT_CACHE_DIR: registry },
  });
}

before(async () => {
  mkdirSync(registry);
  window = await openWindow();
  await eventually('lenses', async () => (await window.lenses()).length >= 6);
});
after(async () => {
  await window?.close();
  files.remove();
});

async function greet(name: string): Promise<void> {
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
  await sendForm(window, 'greet', { name });
}

/** Whatever the tests before have left: the agent answers with the code as it was. */
async function serveIt(): Promise<void> {
  write(source);
  if (/is served at/.test(await window.agentStatus())) return;
  await window.command('RunAgent: Serve Agent…');
  await window.agentIs(/is served at/);
}

async function stopIt(): Promise<void> {
  if (!/not served/.test(await window.agentStatus())) {
    await window.command('RunAgent: Stop Serving…');
    await window.agentIs(/is not served\.$/);
  }
  await eventually('its processes end', () => window.agentProcesses().length === 0);
}

/** The code, not over the view of a run. */
async function openCode(): Promise<void> {
  await window.page.keyboard.press('Control+1');
  await window.openFile('main.py');
}

/** A program writes the file, as another editor or git would. */
function write(text: string): void {
  writeFileSync(main, text);
}

test('from cold, one click serves the agent and streams its output', async (t) => {
  assert.match(await window.agentIs(/not served/), /hello-agent/);
  await window.pressLens('Stream', 0, (timeout) => formOf(window, 'count_down_stream', timeout));
  const page = await fillForm(window, 'count_down_stream', { start: 3, pause: 0.3 });
  const start = performance.now();
  await startRun(page);
  await window.runSays('3 ...');
  t.diagnostic(`first piece of output ${Math.round(performance.now() - start)} ms after the click, from cold`);
  await window.runSays('Completed', '1 ... lift-off!', '127.0.0.1', 'on this machine', 'served from this workspace');
  assert.match(await window.agentIs(/is served at 127\.0\.0\.1:\d+/), /hello-agent/);
  await window.screenshot('cold-run');
});

test('the next run calls what is served already', async () => {
  const served = window.agentProcesses();
  await greet('Ada');
  await window.runSays('Completed', 'Hello, Ada.');
  assert.deepEqual(window.agentProcesses(), served);
});

test('a typo leaves the older code answering and is underlined; the next good save takes over', async (t) => {
  await serveIt();
  await openCode();
  let start = performance.now();
  write(source.replace('def greet(', 'undefined_name\n\n\ndef greet('));
  await window.agentIs(/stale since .*the code of before answers/);
  await eventually('the error is listed', async () => /undefined_name/.test((await window.problems()).join('\n')));
  t.diagnostic(`stale and underlined ${Math.round(performance.now() - start)} ms after the save`);
  await openCode();
  await eventually('it is underlined', async () => (await window.squiggles('error')) >= 1);
  await window.screenshot('stale');
  await greet('Grace');
  await window.runSays('Completed', 'Hello, Grace.');

  start = performance.now();
  write(source.replace('Hello, ', 'Good day, '));
  await window.agentIs(/is served at/);
  t.diagnostic(`served again ${Math.round(performance.now() - start)} ms after the save`);
  await openCode();
  await eventually('nothing is underlined', async () => (await window.squiggles('error')) === 0);
  await eventually('the log tells both', async () => {
    return /The code of before goes on answering\.[\s\S]*The changed code is served\./.test(await window.outputOf('RunAgent: hello-agent'));
  });
  await greet('Grace');
  await window.runSays('Completed', 'Good day, Grace.');
  write(source);
});

test('what the code prints stands in the log beside the run that wrote it', async () => {
  await serveIt();
  write(source.replace('    text = f"Hello', '    print("greeting", name)\n    text = f"Hello'));
  await eventually('the new code answers and has printed', async () => {
    await greet('Rosa');
    await window.runSays('Completed', 'Hello, Rosa.');
    return /\[greet [0-9a-f]{8}\] greeting Rosa/.test(await window.outputOf('RunAgent: hello-agent'));
  });
  await window.command('RunAgent: Show Agent Log…');
  const output = window.page.locator('.part.panel .monaco-editor .view-lines');
  await eventually('the log is shown', async () => (await output.innerText()).replaceAll('\u00a0', ' ').includes('greeting Rosa'));
  await window.screenshot('agent-log');
  write(source);
});

test('the steps of a start are shown, and it can be cancelled', async () => {
  await stopIt();
  writeFileSync(gate, '');
  const wait = `import os, time\n\nwhile os.path.exists(${JSON.stringify(gate)}):\n    time.sleep(0.02)\n`;
  write(source.replace('import asyncio\n', `import asyncio\n${wait}`));
  await greet('Ida');
  await window.runSays('Starting the agent', /import/i, 'Cancel');
  await window.agentIs(/is starting/);
  await window.screenshot('cold-steps');
  await (await runPage(window)).getByRole('button', { name: 'Cancel' }).click();
  const end = await window.runSays('Cancelled');
  assert.doesNotMatch(end, /^0 ms$/m, 'the time until then is told');
  await window.agentIs(/not served/);
  await eventually('no process is left', () => window.agentProcesses().length === 0);

  await window.command('RunAgent: Serve Agent…');
  await window.notification(/Starting hello-agent.*import/is);
  await window.screenshot('serve-steps');
  await window.page.locator('.notification-toast').filter({ hasText: 'Starting hello-agent' }).getByRole('button', { name: 'Cancel' }).click();
  await window.agentIs(/is not served\.$/);
  await eventually('again no process is left', () => window.agentProcesses().length === 0);
  write(source);
});

test('the menu of the status bar serves, restarts and stops', async () => {
  await stopIt();
  await window.chooseAfter('RunAgent: Agent Server…', 'What to do', 'Serve');
  await window.notification(/hello-agent is served at 127\.0\.0\.1:\d+/);
  await window.agentIs(/is served at/);
  const before = window.agentProcesses();
  await window.page.locator('.statusbar-item[id="runagent-community.runagent-agents.runagent.serve"] a').click();
  await window.quickPick('What to do').waitFor();
  await window.screenshot('agent-menu');
  await window.choose('What to do', 'Restart');
  await eventually('other processes serve it', () => {
    const now = window.agentProcesses();
    return now.length === before.length && now.every((pid) => !before.includes(pid));
  });
  await window.agentIs(/is served at/);
  await window.chooseAfter('RunAgent: Agent Server…', 'What to do', 'Stop');
  await window.agentIs(/not served/);
  await eventually('no process is left', () => window.agentProcesses().length === 0);
});

test('only the menu’s own row registers the agent for the platform’s tools', async () => {
  await stopIt();
  const registered = () => readdirSync(registry).some((file) => file.endsWith('.db'));
  assert.equal(registered(), false, 'nothing was registered by serving');
  await window.chooseAfter('RunAgent: Agent Server…', 'What to do', 'Serve and Register');
  await window.agentIs(/is served at/);
  await eventually('it is registered', registered);
  await stopIt();
});

test('what a terminal serves is said, used and left alone', async () => {
  await stopIt();
  const serve = ['-I', '-S', path.join(root, 'server', 'launch.py'), 'serve', folder];
  const stateFolder = path.join(window.dataDir, 'state');
  const terminal = spawn(findPython(), serve, { env: { ...process.env, RUNAGENT_CACHE_DIR: registry, RUNAGENT_LS_STATE: stateFolder } });
  try {
    let said = '';
    terminal.stderr.on('data', (data) => {
      said += data;
    });
    await eventually('it is served', () => /127\.0\.0\.1:\d+/.test(said));
    await window.command('RunAgent: Stop Serving…');
    const message = await window.notification(/hello-agent is served by another editor or a terminal/);
    assert.match(message, new RegExp(`127\\.0\\.0\\.1:\\d+ \\(process ${terminal.pid}\\).*only be stopped where it was started`));
    await window.screenshot('served-elsewhere');
    await window.agentIs(/is served at .*by another editor or a terminal/);
    assert.equal(terminal.exitCode, null, 'it goes on');
    await greet('Ada');
    await window.runSays('Completed', 'Hello, Ada.');
  } finally {
    const ended = new Promise((resolve) => terminal.once('exit', resolve));
    terminal.kill('SIGINT');
    await ended;
  }
  await window.command('RunAgent: Stop Serving…');
  await window.notification('hello-agent is not served.');
  await window.agentIs(/is not served\.$/);
});

test('verifying imports the entrypoints and says what is there', async () => {
  await window.command('RunAgent: Verify Entrypoints…');
  await window.notification('All entrypoints of hello-agent can be called: 3.');
  write(source.replace('def divide(', 'def device('));
  await window.command('RunAgent: Verify Entrypoints…');
  await window.editorSays('2 of 3 entrypoints', '✓ greet', '✗ divide');
  await window.screenshot('verification');
  write(source);
});

test('a batch serves the agent as well', async () => {
  await stopIt();
  const input = path.join(folder, 'names.jsonl');
  writeFileSync(input, '{"name": "Ada"}\n{"name": "Grace"}\n');
  await window.chooseAfter('RunAgent: Run Batch…', 'Entrypoint to run for each input', 'greet');
  await window.typePath('Inputs of the Batch', input);
  await window.choose('Where to write', 'Beside the inputs');
  await window.choose('Where to send the inputs', 'The running agent');
  await window.answer('Calls at Once', '2');
  await window.acceptChoices('How to run the batch');
  await window.editorSays('Batch greet: finished', /completed +2/);
  await window.agentIs(/is served at/);
});

test('an agent that does not start says why, with the way to the line', async () => {
  await stopIt();
  await openCode();
  write(source.replace('import asyncio\n', 'import asyncio\nimport not_installed_anywhere\n'));
  await greet('Ida');
  await window.runSays('The run failed', 'not_installed_anywhere');
  await window.screenshot('cold-failed');
  await window.agentIs(/failed/);
  await window.chooseAfter('RunAgent: Agent Server…', 'What to do', 'Go to the Error');
  await eventually('the cursor is in the line', async () => {
    const line = readFileSync(main, 'utf8').split('\n').findIndex((text) => text.includes('not_installed_anywhere')) + 1;
    return window.isInLine(line);
  });
  write(source);
});
