/** Emacs with eglot, both as Debian ships them: what its users press works on an agent. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { requireVenv, root } from '../../scripts/steps.mjs';
import { scratch } from './workbench.mts';

const files = scratch();
after(() => files.remove());

test('Emacs completes, explains, finds, renames and mends', async () => {
  const folder = files.copy('hello-agent');
  const result = await emacs(folder);
  assert.equal(result.failure, null);
  assert.ok(result.completion.includes('langgraph'), String(result.completion));
  assert.match(result.hover, /Framework the agent is written with/);
  assert.deepEqual(result.definition, [['main.py', 9]]);
  assert.ok(result.references.some(([file]: [string]) => file === 'main.py'), JSON.stringify(result.references));
  assert.ok(result.symbols.some((name: string) => name.includes('count_down_stream')), String(result.symbols));
  const renamed = JSON.parse(result.renamed);
  assert.equal(renamed.agent_architecture.entrypoints[0].tag, 'welcome');
  assert.match(result.diagnostics.join('\n'), /langchian/);
  assert.ok(result.actions.some((title: string) => title.includes('langchain')), String(result.actions));
});

// The report is Emacs's JSON; the assertions above are its type.
// biome-ignore lint/suspicious/noExplicitAny: see above
function emacs(folder: string): Promise<any> {
  const home = path.dirname(folder);
  const report = path.join(home, 'report.json');
  const server = [requireVenv('python'), '-I', '-S', path.join(root, 'build', 'extension', 'server', 'launch.py')];
  const env = {
    ...process.env,
    HOME: home,
    SERVER: JSON.stringify(server),
    CONFIG: path.join(folder, 'runagent.config.json'),
    REPORT: report,
  };
  const session = path.join(import.meta.dirname, 'emacs_session.el');
  const child = spawn('emacs', ['--batch', '--no-site-file', '--load', session], { env, stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part) => {
    said += part;
  });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), 120_000);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(limit);
      try {
        resolve(JSON.parse(readFileSync(report, 'utf8')));
      } catch (error) {
        reject(new Error(`Emacs ended with ${code} and no report: ${said}`, { cause: error }));
      }
    });
  });
}
