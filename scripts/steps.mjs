// What the other scripts stand on: running commands, and doing a step only when its inputs have changed.
// Node built-ins only, because these scripts also run before `npm ci`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));
export const cache = path.join(root, '.cache');

/** A failure that is told to the user without a stack. */
export class StepError extends Error {}

/** Runs a command to its end with its output on ours; throws StepError when it fails.
 * @param {string} command @param {string[]} args @param {import('node:child_process').SpawnSyncOptions} [options] */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (result.error) throw new StepError(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new StepError(`${[command, ...args].join(' ')} ended with ${result.status ?? result.signal}`);
}

/** What a command prints, or undefined when it cannot be run or fails.
 * @param {string} command @param {string[]} args @param {{env?: NodeJS.ProcessEnv}} [options] @returns {string | undefined} */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, { ...options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** Whether a program is on the PATH. @param {string} name */
export function onPath(name) {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, name)));
}

/** A fingerprint of files, folders and plain text. @param {{files?: string[], text?: string[]}} inputs */
export function fingerprint({ files = [], text = [] }) {
  const hash = createHash('sha256');
  for (const part of text) hash.update(`${part}\0`);
  for (const file of files) addFile(hash, path.resolve(root, file));
  return hash.digest('hex');
}

/** @param {import('node:crypto').Hash} hash @param {string} file */
function addFile(hash, file) {
  if (statSync(file).isDirectory()) {
    const names = readdirSync(file).filter((name) => name !== '__pycache__');
    for (const name of names.sort()) addFile(hash, path.join(file, name));
    return;
  }
  hash.update(`${path.relative(root, file)}\0`).update(readFileSync(file)).update('\0');
}

/** Does `make` unless `folder` already holds the result of the same `stamp`.
 * @param {string} title @param {string} folder @param {string} stamp @param {() => void} make */
export function unlessStamped(title, folder, stamp, make) {
  const file = path.join(folder, '.stamp');
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return;
  console.log(`[setup] ${title} ...`);
  const start = performance.now();
  rmSync(file, { force: true });
  make();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, stamp);
  console.log(`[setup] ${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** The path of a program of `.venv`. @param {string} name */
export function requireVenv(name) {
  const file = path.join(root, '.venv', 'bin', name);
  if (!existsSync(file)) throw new StepError('.venv is not there yet. Run `npm run setup` first.');
  return file;
}

/** A Node of version 22 or newer: vsce and VS Code's server need it. */
export function modernNode() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const file = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(file)) return file;
  throw new StepError(
    `Node 22 or newer is needed; this is ${process.version} and no newer one is bundled for ` +
      `${process.platform}-${process.arch}. Install Node 24 and run the command again.`,
  );
}

/** Runs a script's main function; a StepError is shown without its stack. @param {() => unknown} main */
export async function script(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof StepError ? `\nStopped: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** Whether `url` (an import.meta.url) is the script that was started. @param {string} url */
export function isMain(url) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(url);
}

/** The files of a folder whose names end in `ending`, sorted. @param {string} folder @param {string} ending */
export function globFiles(folder, ending) {
  return readdirSync(folder).filter((name) => name.endsWith(ending)).sort().map((name) => path.join(folder, name));
}
