/** Whatever of the editor is killed, and however much of it at once: nothing that served an agent goes on. */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { kill } from './killing.mts';
import { formOf, sendForm } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const registry = path.join(files.folder, 'empty-registry');
let window: Workbench | undefined;

before(() => {
  mkdirSync(registry);
});
afterEach(async () => {
  await window?.close();
  window = undefined;
});
after(() => files.remove());

/** What is to be gone after the editor: an agent that streams, its server, and the language server. */
async function serveAndStream(): Promise<{ opened: Workbench; started: number[] }> {
  const opened = await Workbench.open({ folder, file: 'main.py', env: { ...process.env, RUNAGENT_CACHE_DIR: registry } });
  window = opened;
  await opened.pressLens('Stream', 0, (timeout) => formOf(opened, 'count_down_stream', timeout));
  await sendForm(opened, 'count_down_stream', { start: 100_000, pause: 0.01 });
  await opened.runSays('Running', '99999 ...');
  assert.ok(opened.agentProcesses().length >= 2, 'a server, and the process of the agent');
  return { opened, started: [...opened.agentProcesses(), ...opened.serverProcesses()] };
}

const KILLED: readonly [string, (window: Workbench) => number[]][] = [
  ['its extension host', (opened) => opened.extensionHosts()],
  ['its main process', (opened) => opened.editorProcesses().slice(0, 1)],
  ['all of its processes at once', (opened) => opened.editorProcesses()],
];

for (const [what, victims] of KILLED) {
  test(`an editor that loses ${what} leaves no process behind`, async (t) => {
    const { opened, started } = await serveAndStream();
    const killed = victims(opened);
    assert.ok(killed.length > 0);
    kill(killed);
    const start = performance.now();
    await eventually('they are gone', () => started.every((pid) => !isAlive(pid)));
    t.diagnostic(`${started.length} processes gone ${Math.round(performance.now() - start)} ms after ${killed.length} were killed`);
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
