/** The server is no VS Code thing: Neovim's own client, as Debian ships it, checks and runs the same agent. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type ServedAgent, serveAgent } from '../../scripts/agent.mjs';
import { requireVenv, root } from '../../scripts/steps.mjs';
import { scratch } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
const report = path.join(files.folder, 'report.json');
let agent: ServedAgent;

before(async () => {
  agent = await serveAgent(folder);
});
after(async () => {
  await agent?.stop();
  files.remove();
});

test('Neovim shows mistakes, and runs and streams an entrypoint', async () => {
  const result = await neovim();
  assert.equal(result.failure, undefined);
  assert.match(result.diagnostics[0].message, /langchian/);
  assert.deepEqual(result.lenses.length, 3, String(result.lenses));
  assert.deepEqual(result.ran.value, { text: 'Hello, Ada.', letters: 3 });
  assert.equal(result.ran.state, 'completed');
  assert.equal(result.streamed.state, 'completed');
  assert.equal(result.streamed.chunks, 4);
  assert.match(result.progress.join('\n'), /3 \.\.\./, 'pieces are shown while they arrive');
});

// The report is Neovim's JSON; the assertions above are its type.
// biome-ignore lint/suspicious/noExplicitAny: see above
function neovim(): Promise<any> {
  const server = [requireVenv('python'), '-I', '-S', path.join(root, 'build', 'extension', 'server', 'launch.py')];
  const env = {
    ...process.env,
    SERVER: JSON.stringify(server),
    CONFIG: path.join(folder, 'runagent.config.json'),
    REPORT: report,
    RUNAGENT_CACHE_DIR: agent.cacheDir,
    XDG_STATE_HOME: files.folder,
    XDG_CONFIG_HOME: files.folder,
  };
  const session = path.join(import.meta.dirname, 'neovim_session.lua');
  const child = spawn('nvim', ['--headless', '--clean', '-n', '-S', session], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), 120_000);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(limit);
      try {
        resolve(JSON.parse(readFileSync(report, 'utf8')));
      } catch (error) {
        reject(new Error(`Neovim ended with ${code} and no report`, { cause: error }));
      }
    });
  });
}
