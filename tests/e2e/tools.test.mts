/** What the editor does with other programs: missing requirements are installed on demand, tasks call the platform's own tool. */

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, test } from 'node:test';
import { findPython } from '../../scripts/setup.mjs';
import { run } from '../../scripts/steps.mjs';
import { sendForm } from './run_form.mts';
import { eventually, LIMIT_MS } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const env: NodeJS.ProcessEnv & { RUNAGENT_CACHE_DIR: string } = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') };
mkdirSync(env.RUNAGENT_CACHE_DIR);
let window: Workbench | undefined;

afterEach(async () => {
  await window?.close();
  window = undefined;
});
after(() => files.remove());

/** A folder with one wheel, so that pip needs no network. */
function makeWheel(folder: string): void {
  mkdirSync(folder);
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tiny_greeting-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny_greeting.py", "WORD = 'Ahoy'\\n")
    info = "tiny_greeting-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-greeting\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;
  run(findPython(), ['-c', script, folder]);
}

test('missing requirements are named, and installed by one click, after which the agent starts', async () => {
  const folder = files.copy('hello-agent');
  const wheels = path.join(files.folder, 'wheels');
  makeWheel(wheels);
  run(findPython(), ['-m', 'venv', path.join(folder, '.venv')]);
  writeFileSync(path.join(folder, 'requirements.txt'), 'tiny-greeting>=1\n');
  const main = path.join(folder, 'main.py');
  const text = readFileSync(main, 'utf8').replace('import asyncio\n', 'import asyncio\nimport tiny_greeting\n');
  writeFileSync(main, text.replace('Hello, ', '{tiny_greeting.WORD}, '));

  window = await Workbench.open({ folder, file: 'main.py', env: { ...env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels } });
  await window.command('RunAgent: Serve Agent…');
  const message = await window.notification(/lacks tiny-greeting/);
  assert.match(message, /Install in Terminal/);
  await window.agentIs(/not served, because it failed/);
  await window.screenshot('requirements');
  await window.command('Notifications: Clear All Notifications');
  await window.command('RunAgent: Serve Agent…');
  await window.notification(/lacks tiny-greeting/); // a later try is told the same
  const toast = window.page.locator('.notification-toast').filter({ hasText: 'lacks tiny-greeting' });
  await toast.getByRole('button', { name: 'Install in Terminal' }).click();
  await window.agentIs(/is served at/, 2 * LIMIT_MS);
  await window.screenshot('requirements-installed');
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
  await sendForm(window, 'greet', { name: 'Ada' });
  await window.runSays('Completed', 'Ahoy, Ada.');
});

/** A stand-in for the platform's command line in an environment; it only notes what it is called with. */
function noteArguments(bin: string, notes: string): void {
  mkdirSync(bin, { recursive: true });
  const program = `#!/bin/sh\n{ pwd; printf '%s\\n' "$@"; } > ${JSON.stringify(notes)}.part && mv ${JSON.stringify(notes)}.part ${JSON.stringify(notes)}\n`;
  writeFileSync(path.join(bin, 'runagent'), program);
  chmodSync(path.join(bin, 'runagent'), 0o755);
}

test('tasks call the platform’s command line in the agent’s folder, each word as it is written', async () => {
  const folder = files.copy('broken-agent');
  const agent = path.join(folder, 'my "agent" $HOME');
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  mkdirSync(agent);
  writeFileSync(path.join(agent, 'runagent.config.json'), readFileSync(path.join(folder, 'runagent.config.json')));
  const args = ['--port', "it's $(echo 8450)"];
  const task = { type: 'runagent', action: 'serve', path: path.basename(agent), args, label: 'serve mine' };
  writeFileSync(path.join(folder, '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [task] }));
  const notes = path.join(files.folder, 'notes');
  noteArguments(path.join(agent, '.venv', 'bin'), notes);

  window = await Workbench.open({ folder, env });
  await window.openFile('main.py');
  await eventually('agents are known', async () => /broken/.test(await window?.agentStatus() ?? ''));
  await window.chooseAfter('Tasks: Run Task', 'Select the task to run', 'serve mine');
  await eventually('it was called', () => existsSync(notes));
  assert.deepEqual(readFileSync(notes, 'utf8').trimEnd().split('\n'), [agent, 'serve', '.', ...args]);

  await window.command('Tasks: Run Task');
  await window.choose('Select the task to run', 'runagent');
  const rows = window.page.locator('.quick-input-list .monaco-list-row');
  await eventually('every agent has its tasks', async () => {
    const labels = (await rows.allInnerTexts()).join('\n');
    return ['serve', 'upload', 'deploy', 'start'].every((action) => labels.includes(`runagent: ${action}`));
  });
  await window.screenshot('tasks');
  await window.page.keyboard.press('Escape');
});

test('a task without the platform’s command line says what is missing', async () => {
  const folder = files.copy('hello-agent');
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  const task = { type: 'runagent', action: 'serve', label: 'serve mine' };
  writeFileSync(path.join(folder, '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [task] }));
  window = await Workbench.open({ folder, env });
  await window.openFile('main.py');
  await window.chooseAfter('Tasks: Run Task', 'Select the task to run', 'serve mine');
  await window.notification('"runagent" is neither on the PATH');
  await window.screenshot('task-without-tool');
});
