// `npm test`: everything that must hold, each runner's output as it is, a summary at the end.
// `npm test -- --only pytest,e2e` runs some of it; `--list` names the parts. With `--rerun` the few tests that failed run
// once more, with nothing beside them: those that pass then are named as unstable, and are to be mended like others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { installEditor } from './editor/install.mjs';
import { installExtension } from './editor/server.mjs';
import { failedOfEndToEnd, failedOfPytest, failedOfVitest, forgetFailed, notes, toldByEndToEnd } from './failed.mjs';
import { needPrograms, setUp } from './setup.mjs';
import { globFiles, modernNode, requireVenv, root, run, StepError, script } from './steps.mjs';
import { buildVsix } from './vsix.mjs';

/** More failures than this are no matter of chance. */
const MOST_RERUN = 3;
/** Lines about the failures of a part in the summary. */
const MOST_TOLD = 20;

/** @typedef {() => [string, ...string[]]} Command */
/** `together`: it only reads, and has no limits of time, so that it may run beside others of its kind.
 * `rerun`: what failed in a run that has just ended, in lines for people too, and what runs no more than that.
 * @typedef {{name: string, command: Command, prepare?: () => void, together?: boolean,
 *   rerun?: {failed: () => string[], told?: () => string[], command: Command}}} Part */

/** @param {string} name @param {string[]} args @returns {Command} */
const python = (name, ...args) => () => [requireVenv(name), ...args];
/** @param {string} script @param {string[]} args @returns {Command} */
const npm =
  (script, ...args) =>
  () => ['npm', 'run', '--silent', script, ...(args.length > 0 ? ['--', ...args] : [])];

/** @type {Part[]} */
const PARTS = [
  { name: 'ruff', together: true, command: python('ruff', 'check', '.') },
  { name: 'ruff-format', together: true, command: python('ruff', 'format', '--check', 'server', 'tests') },
  { name: 'mypy', together: true, command: python('mypy', 'server/agent_runtime', 'server/runagent_ls', 'server/bundle_stand_ins/rpds', 'tests') },
  { name: 'biome', together: true, command: npm('lint') },
  { name: 'tsc', together: true, command: npm('types') },
  {
    name: 'vitest',
    prepare: () => needPrograms({ chromium: 'chromium' }),
    command: npm('test:extension', '--reporter=default', '--reporter=json', `--outputFile.json=${notes.vitest}`),
    rerun: { failed: failedOfVitest, command: () => npm('test:extension', ...failedOfVitest())() },
  },
  {
    name: 'pytest',
    prepare: preparePython,
    command: python('pytest', '--numprocesses=3', '--dist=loadfile'),
    rerun: { failed: failedOfPytest, command: python('pytest', '--last-failed') },
  },
  {
    name: 'e2e',
    prepare: prepareEndToEnd,
    command: () => endToEnd(globFiles(path.join(root, 'tests', 'e2e'), '.test.mts')),
    rerun: { failed: failedOfEndToEnd, told: toldByEndToEnd, command: () => endToEnd(failedOfEndToEnd()) },
  },
  { name: 'demo', command: () => [process.execPath, 'scripts/demo.mjs', '--check'] },
];

function preparePython() {
  needPrograms({ 'redis-server': 'redis-server' });
  buildVsix();
  // Servers start hundreds of times. Where PYTHONDONTWRITEBYTECODE is set, each start would compile all of it anew.
  run(requireVenv('python'), ['-m', 'compileall', '-q', 'server']);
}

function prepareEndToEnd() {
  needPrograms({ chromium: 'chromium', nvim: 'neovim', emacs: 'emacs-nox elpa-eglot' });
  installEditor();
  const data = path.join(root, 'build', 'installed');
  rmSync(data, { recursive: true, force: true });
  installExtension(data, buildVsix());
  process.env['RUNAGENT_E2E_EXTENSIONS'] = path.join(data, 'extensions');
}

/** One file at a time: where two windows share the processors, a press may come before what it is meant for.
 * @param {string[]} files @returns {[string, ...string[]]} */
function endToEnd(files) {
  const spec = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const failed = ['--test-reporter=./scripts/failed_tests.mjs', `--test-reporter-destination=${notes.e2e}`];
  return [modernNode(), '--test', '--test-concurrency=1', '--test-timeout=600000', ...spec, ...failed, ...files];
}

/** @param {string | undefined} only */
function chosen(only) {
  if (only === undefined) return PARTS;
  const names = only.split(',');
  const unknown = names.filter((name) => PARTS.every((part) => part.name !== name));
  if (unknown.length > 0) throw new StepError(`No such part: ${unknown.join(', ')}. There are: ${PARTS.map((part) => part.name).join(', ')}`);
  return PARTS.filter((part) => names.includes(part.name));
}

/** `failed`: a line for each test that failed, also if it passed when it ran once more.
 * @typedef {{name: string, ok: boolean, seconds: number, failed: string[]}} Result */

/** Runs a command; what it says is shown as it comes, or returned when others run beside it.
 * @param {Command} command @param {boolean} quietly */
async function runCommand(command, quietly) {
  const [program, ...args] = command();
  const output = quietly ? 'pipe' : 'inherit';
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', output, output] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  const [status] = await once(child, 'close');
  return { ok: status === 0, said };
}

/** @param {Part} part @param {boolean} mayRerun @returns {Promise<Result>} */
async function runPart({ name, prepare, command, together = false, rerun }, mayRerun) {
  const title = `\n=== ${name} ===`;
  if (!together) console.log(title);
  const start = performance.now();
  let ok = false;
  let said = '';
  /** @type {string[]} */
  let told = [];
  try {
    prepare?.();
    ({ ok, said } = await runCommand(command, together));
    const failed = ok || !rerun ? [] : rerun.failed();
    told = failed.length === 0 ? [] : (rerun?.told?.() ?? failed);
    if (rerun && mayRerun && failed.length > 0 && failed.length <= MOST_RERUN) {
      console.log(`\n=== ${name}, once more: ${failed.join(', ')} ===`);
      ({ ok } = await runCommand(rerun.command, false));
      if (!ok) told.push(...(rerun.told?.() ?? []).map((line) => `once more: ${line}`));
    }
  } catch (error) {
    said += error instanceof Error ? error.message : error;
  }
  if (together) console.log(title);
  if (said) console.log(said.trimEnd());
  return { name, ok, seconds: (performance.now() - start) / 1000, failed: told };
}

/** @param {Part[]} parts @param {boolean} mayRerun */
async function runParts(parts, mayRerun) {
  const results = await Promise.all(parts.filter((part) => part.together).map((part) => runPart(part, mayRerun)));
  for (const part of parts.filter((it) => !it.together)) results.push(await runPart(part, mayRerun));
  return results;
}

await script(async () => {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, list: { type: 'boolean', default: false }, rerun: { type: 'boolean', default: false } },
  });
  if (values.list) return console.log(PARTS.map((part) => part.name).join('\n'));
  const parts = chosen(values.only);
  setUp();
  forgetFailed();
  mkdirSync(path.dirname(notes.e2e), { recursive: true });
  const results = await runParts(parts, values.rerun);
  console.log('\n=== summary ===');
  for (const { name, ok, seconds, failed } of results) {
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} ${seconds.toFixed(1)} s`);
    const mark = ok ? 'UNSTABLE, passed only when run once more: ' : '';
    for (const line of failed.slice(0, MOST_TOLD)) console.log(`       ${mark}${line}`);
  }
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length > 0) throw new StepError(`failed: ${failed.map(({ name }) => name).join(', ')}`);
});
