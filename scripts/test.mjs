// `npm test`: everything that must hold, each runner's output as it is, a summary at the end.
// `npm test -- --only pytest,e2e` runs some of it; `--list` names the parts.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { installEditor } from './editor/install.mjs';
import { needPrograms, setUp } from './setup.mjs';
import { globFiles, modernNode, requireVenv, root, StepError, script } from './steps.mjs';
import { buildVsix } from './vsix.mjs';

/** @typedef {{name: string, command: () => [string, ...string[]], prepare?: () => void}} Part */

/** @param {string} name @param {string[]} args @returns {() => [string, ...string[]]} */
const python = (name, ...args) => () => [requireVenv(name), ...args];
/** @param {string} script @returns {() => [string, ...string[]]} */
const npm = (script) => () => ['npm', 'run', '--silent', script];

/** @type {Part[]} */
const PARTS = [
  { name: 'ruff', command: python('ruff', 'check', '.') },
  { name: 'ruff-format', command: python('ruff', 'format', '--check', 'server', 'tests') },
  { name: 'mypy', command: python('mypy', 'server/agent_runtime', 'server/runagent_ls', 'server/bundle_stand_ins/rpds', 'tests') },
  { name: 'biome', command: npm('lint') },
  { name: 'tsc', command: npm('types') },
  { name: 'vitest', prepare: () => needPrograms({ chromium: 'chromium' }), command: npm('test:extension') },
  { name: 'pytest', prepare: () => void buildVsix(), command: python('pytest', '--numprocesses=2', '--dist=loadfile') },
  { name: 'e2e', prepare: prepareEndToEnd, command: endToEnd },
  { name: 'demo', command: () => [process.execPath, 'scripts/demo.mjs', '--check'] },
];

function prepareEndToEnd() {
  needPrograms({ chromium: 'chromium', nvim: 'neovim', emacs: 'emacs-nox elpa-eglot' });
  installEditor();
  buildVsix();
}

/** @returns {[string, ...string[]]} */
function endToEnd() {
  const files = globFiles(path.join(root, 'tests', 'e2e'), '.test.mts');
  return [modernNode(), '--test', '--test-concurrency=1', '--test-timeout=300000', ...files];
}

/** @param {string | undefined} only */
function chosen(only) {
  if (only === undefined) return PARTS;
  const names = only.split(',');
  const unknown = names.filter((name) => PARTS.every((part) => part.name !== name));
  if (unknown.length > 0) throw new StepError(`No such part: ${unknown.join(', ')}. There are: ${PARTS.map((part) => part.name).join(', ')}`);
  return PARTS.filter((part) => names.includes(part.name));
}

/** @param {Part} part @returns {{name: string, ok: boolean, seconds: number}} */
function runPart(part) {
  console.log(`\n=== ${part.name} ===`);
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    part.prepare?.();
    const [command, ...args] = part.command();
    const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    if (error) throw error;
    return { name: part.name, ok: status === 0, seconds: seconds() };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { name: part.name, ok: false, seconds: seconds() };
  }
}

await script(() => {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean', default: false } } });
  if (values.list) return console.log(PARTS.map((part) => part.name).join('\n'));
  const parts = chosen(values.only);
  setUp();
  const results = parts.map(runPart);
  console.log('\n=== summary ===');
  for (const { name, ok, seconds } of results) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} ${seconds.toFixed(1)} s`);
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length > 0) throw new StepError(`failed: ${failed.map(({ name }) => name).join(', ')}`);
});
