/** The server is no VS Code thing: Neovim's own client, as Debian ships it, checks, serves and runs the same agent. */

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type ServedAgent, serveAgent } from '../../scripts/agent.mjs';
import { runSession } from './other_editor.mts';
import { eventually } from './waiting.mts';
import { scratch } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const cold = scratch();
const coldFolder = cold.copy('hello-agent');
const editing = scratch();
const edited = editing.copy('hello-agent');
const CALLER = `from runagent import RunAgentClient

client = RunAgentClient(agent_id="6f1c2b9e-3d4a-4f57-9a86-0b5d7c1e2a33", entrypoint_tag="greet")
print(client.run(name="Ada"))
`;
let agent: ServedAgent;

before(async () => {
  agent = await serveAgent(folder);
});
after(async () => {
  await agent?.stop();
  files.remove();
  cold.remove();
  editing.remove();
});

test('Neovim shows mistakes, and runs and streams an entrypoint', async () => {
  const result = await neovim('neovim_session.lua', folder, agent.cacheDir);
  assert.equal(result.failure, undefined);
  assert.match(result.diagnostics[0].message, /langchian/);
  assert.deepEqual(result.lenses.length, 3, String(result.lenses));
  assert.deepEqual(result.ran.value, { text: 'Hello, Ada.', letters: 3 });
  assert.equal(result.ran.state, 'completed');
  assert.equal(result.streamed.state, 'completed');
  assert.equal(result.streamed.chunks, 4);
  assert.match(result.progress.join('\n'), /3 \.\.\./, 'pieces are shown while they arrive');
});

test('Neovim serves an agent on the first run, and shows what a save breaks', async () => {
  const result = await neovim('neovim_serving.lua', coldFolder, path.join(cold.folder, 'cache'));
  assert.equal(result.failure, undefined);
  assert.deepEqual(result.cold.value, { text: 'Hello, Ada.', letters: 3 });
  assert.equal(result.cold.target.source, 'served');
  assert.match(result.progress.join('\n'), /Importing the agent/, 'the start is shown');
  assert.deepEqual([result.served.state, result.served.own], ['ready', true]);
  assert.equal(result.told.length, 1, JSON.stringify(result.told));
  assert.equal(result.told[0].line, result.typoAt);
  assert.match(result.told[0].message, /__nam__/);
  assert.equal(result.stale.value.text, 'Hello, Ada.', 'the old code goes on');
  assert.equal(result.again.value.text, 'Good day, Ada.', 'the new code answers');
  for (const pid of [result.served.pid, result.served.workerPid]) {
    await eventually('nothing goes on without its editor', () => !existsSync(`/proc/${pid}`));
  }
});

test('Neovim completes, explains, finds, renames and creates', async () => {
  writeFileSync(path.join(edited, 'call.py'), CALLER);
  const result = await neovim('neovim_editing.lua', edited, path.join(editing.folder, 'cache'));
  assert.equal(result.failure, undefined);
  assert.deepEqual(result.matches.sort(), ['langchain', 'langgraph']);
  assert.deepEqual([result.definition.file, result.definition.line.slice(0, 10)], ['main.py', 'def greet(']);
  assert.match(result.hover, /greet/);
  assert.match(result.hover, /hello-agent/, 'the function is exposed by this agent');
});

function neovim(script: string, agentFolder: string, cacheDir: string) {
  const home = path.dirname(agentFolder);
  const session = path.join(import.meta.dirname, script);
  // A session ends by itself; one that fails goes on to the next command.
  return runSession(['nvim', '--headless', '--clean', '-n', '-S', session, '-c', 'cquit 1'], agentFolder, {
    EDITOR_LUA: path.join(import.meta.dirname, 'neovim_editor.lua'),
    RUNAGENT_CACHE_DIR: cacheDir,
    XDG_STATE_HOME: home,
    XDG_CONFIG_HOME: home,
  });
}
