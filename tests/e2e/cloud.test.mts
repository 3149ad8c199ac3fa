/** A run in the cloud: only when chosen, with what leaves said before, and the key nowhere but in the secret storage. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { requireVenv, root } from '../../scripts/steps.mjs';
import { formOf, runPage, sendForm, startRun } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

interface Cloud {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

/** The stand-in for the service, which runs the project's functions itself. */
function startCloud(project: string): Promise<Cloud> {
  const script = path.join(root, 'tests', 'cloud_stand_in.py');
  const child = spawn(requireVenv('python'), [script, '--plain', '--project', project], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.stdin.end(); // its sign to end
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    await ended;
    clearTimeout(limit);
  };
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve({ ...JSON.parse(line), stop }));
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the stand-in for the cloud did not start')));
  });
}

const files = scratch();
const folder = files.copy('hello-agent');
let cloud: Cloud;
let window: Workbench;

before(async () => {
  cloud = await startCloud(folder);
  const { RUNAGENT_API_KEY, RUNAGENT_BASE_URL, ...environment } = process.env;
  window = await Workbench.open({
    folder,
    file: 'main.py',
    // No agent is served here and no key is stored: whatever answers is the cloud.
    env: { ...environment, RUNAGENT_CACHE_DIR: path.join(files.folder, 'empty-registry') },
    settings: { 'runagent.cloud.baseUrl': cloud.baseUrl, 'runagent.trace.server': 'verbose' },
  });
  await eventually('lenses', async () => (await window.lenses()).length >= 3);
});
after(async () => {
  await window?.close();
  await cloud?.stop();
  files.remove();
});

function requests(): { method: string; path: string; headers: Record<string, string> }[] {
  const lines = readFileSync(cloud.logFile, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

test('a run goes to the cloud after consent, and without the key it says what to do', async () => {
  await window.command('Developer: Set Log Level...');
  await window.choose('Set Log Level', 'RunAgent Server');
  await window.choose('Select log level', 'Trace');

  await window.command('RunAgent: Set API Key…');
  await window.waitForInput('RunAgent API Key');
  assert.equal(await window.quickInput.getAttribute('type'), 'password');
  await window.answer('RunAgent API Key', cloud.apiKey);
  await window.notification('The API key is kept');

  await window.chooseAfter('RunAgent: Run in the Cloud…', 'Entrypoint to run in the cloud', 'greet');
  await window.page.locator('.monaco-dialog-box').waitFor();
  await window.screenshot('cloud-consent');
  const asked = await window.confirm('Allow');
  assert.ok(asked.includes(cloud.baseUrl), asked);
  assert.match(asked, /leave this machine: the inputs you enter/);
  assert.deepEqual(requests(), [], 'nothing was sent before the consent');

  await sendForm(window, 'greet', { name: 'Ada' });
  await window.runSays('Completed', 'Hello, Ada.', `RunAgent Cloud at ${cloud.baseUrl}`);
  await window.screenshot('cloud-run');
  const sent = requests().filter(({ method }) => method === 'POST');
  assert.equal(sent[0]?.headers['authorization'], `Bearer ${cloud.apiKey}`);
  await eventually('the handing-over of the key is traced', () => filesWith('"key": "[hidden]"').length > 0);
  assert.deepEqual(filesWith(cloud.apiKey), [], 'the key is in no file of the editor');

  const [before] = window.serverProcesses();
  await window.command('RunAgent: Restart Language Server');
  await eventually('another server runs', () => {
    const running = window.serverProcesses();
    return running.length === 1 && running[0] !== before;
  });
  await startRun(await runPage(window));
  await eventually('the next server has the key', () => requests().filter(({ method }) => method === 'POST').length === 2);
  await window.runSays('Completed', 'Hello, Ada.');

  // A page that gets the keyboard back late closes the question; it is then asked anew.
  await window.chooseAfter('RunAgent: Run in the Cloud…', 'Entrypoint to run in the cloud', 'greet');
  await formOf(window, 'greet'); // nobody is asked for consent again

  await window.command('RunAgent: Remove API Key…');
  await window.confirm('Remove');
  await window.notification('The API key is removed');
  await startRun(await runPage(window));
  await window.runSays('The run failed', 'AUTHENTICATION_ERROR', 'API key', '"RunAgent: Set API Key"', /^Set API Key$/m);
  await window.screenshot('cloud-no-key');
  await (await runPage(window)).getByRole('button', { name: 'Set API Key' }).click();
  await window.waitForInput('RunAgent API Key');
  await window.page.keyboard.press('Escape');
});

/** The files of the editor's data, logs and stored state included, that hold `text`. */
function filesWith(text: string): string[] {
  const all = readdirSync(window.dataDir, { recursive: true, withFileTypes: true });
  const paths = all.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  assert.ok(paths.some((file) => file.endsWith('.log')), 'logs are among them');
  return paths.filter((file) => !file.includes(`${path.sep}extensions${path.sep}`)).filter((file) => contentOf(file).includes(text));
}

/** What a file holds: nothing if it was a passing one, such as a database's journal, and is gone already. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return Buffer.alloc(0);
  }
}

test('an agent runs in the cloud from the menu of its file, as a stream too', async () => {
  await window.command('RunAgent: Set API Key…');
  await window.answer('RunAgent API Key', cloud.apiKey);
  await eventually('the menu of the file leads to it', async (timeout) => {
    await window.page.keyboard.press('Escape');
    await window.page.locator('.tab[data-resource-name="main.py"]').first().click();
    await window.page.locator('.editor-group-container.active .view-line').first().click({ button: 'right', timeout });
    // A menu takes no click right after it has opened, as the press that opened it may still end.
    await window.page.locator('.monaco-menu .action-label').filter({ hasText: 'Run in the Cloud' }).hover({ timeout });
    await window.page.keyboard.press('Enter');
    await window.quickPick('Entrypoint to run in the cloud').waitFor({ timeout: Math.max(10_000, timeout) });
    return true;
  });
  await window.choose('Entrypoint to run in the cloud', 'count_down_stream');
  await allowIfAsked((timeout) => formOf(window, 'count_down_stream', timeout));
  await sendForm(window, 'count_down_stream', { start: 3, pause: 0.1 });
  await window.runSays('Completed', '3 ... 2 ... 1 ... lift-off!', 'RunAgent Cloud');
});

/** Consent is asked for once in a window; `next` waits for what comes after it. */
async function allowIfAsked(next: (timeout: number) => Promise<unknown>): Promise<void> {
  await eventually('it goes on', async (timeout) => {
    if (await window.page.locator('.monaco-dialog-box').isVisible()) await window.confirm('Allow');
    await next(timeout);
    return true;
  });
}

test('a batch goes to the cloud when that is chosen, in the order of its inputs when that is wanted', async () => {
  // A page that gets the keyboard back late would close the question that is asked next.
  await window.closeEditors();
  const input = path.join(folder, 'names.jsonl');
  writeFileSync(input, ['Ada', 'Grace', 'Mary'].map((name) => `${JSON.stringify({ name })}\n`).join(''));
  await window.command('RunAgent: Set API Key…');
  await window.answer('RunAgent API Key', cloud.apiKey);
  const before = requests().length;
  await window.chooseAfter('RunAgent: Run Batch…', 'Entrypoint to run for each input', 'greet');
  await window.typePath('Inputs of the Batch', input);
  await window.choose('Where to write', 'Beside the inputs');
  await window.quickPick('Where to send the inputs').waitFor();
  await window.screenshot('batch-target');
  await window.choose('Where to send the inputs', 'RunAgent Cloud');
  await allowIfAsked((timeout) => window.waitForInput('Calls at Once', timeout));
  assert.equal(requests().length, before, 'nothing is sent before all is chosen');
  await window.answer('Calls at Once', '3');
  await window.choose('How to run the batch', 'in the order of the inputs');
  await window.screenshot('batch-options');
  await window.acceptChoices('How to run the batch');
  await window.editorSays('Batch greet: finished', /completed +3/, /agent +RunAgent Cloud/);
  const sent = requests().slice(before).filter(({ method }) => method === 'POST');
  assert.equal(sent.length, 3);
  for (const { headers } of sent) assert.equal(headers['authorization'], `Bearer ${cloud.apiKey}`);
  const results = readFileSync(path.join(folder, 'names.greet.results.jsonl'), 'utf8');
  assert.match(results, /Hello, Ada\.[\s\S]*Hello, Grace\.[\s\S]*Hello, Mary\./);
});
