/** Emacs with eglot, both as Debian ships them: what its users press works on an agent. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import { runSession } from './other_editor.mts';
import { scratch } from './workbench.mts';

const files = scratch();
after(() => files.remove());

test('Emacs completes, explains, finds, renames and mends', async () => {
  const folder = files.copy('hello-agent');
  const session = path.join(import.meta.dirname, 'emacs_session.el');
  const result = await runSession(['emacs', '--batch', '--no-site-file', '--load', session], folder, { HOME: path.dirname(folder) });
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
