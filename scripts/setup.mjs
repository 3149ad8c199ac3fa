// Installs what the repository's other commands need: node_modules, .venv, .venv-runagent, and on request
// programs of the system. A second time it only compares fingerprints.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fingerprint, isMain, onPath, output, root, run, StepError, script, unlessStamped } from './steps.mjs';

const PYTHONS = ['python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3'];

/** The JavaScript packages of package-lock.json. */
export function installNodePackages() {
  const folder = path.join(root, 'node_modules');
  const stamp = fingerprint({ files: ['package-lock.json'], text: [process.platform, process.arch] });
  unlessStamped('npm ci', folder, stamp, () => run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error']));
}

/** The Python that everything is built with: the first of 3.11 or newer. */
export function findPython() {
  const wanted = process.env['PYTHON'] ? [process.env['PYTHON']] : PYTHONS;
  const ask = 'import sys; print(sys.executable if sys.version_info >= (3, 11) else "")';
  for (const name of wanted) {
    const executable = output(name, ['-c', ask]);
    if (executable) return executable;
  }
  throw new StepError(`Python 3.11 or newer is needed. Tried: ${wanted.join(', ')}. Set PYTHON to its path.`);
}

/** A virtual environment that holds exactly what a lock file names.
 * @param {string} name @param {string} lock */
function installVenv(name, lock) {
  const folder = path.join(root, name);
  const python = findPython();
  const version = output(python, ['--version']) ?? '';
  const stamp = fingerprint({ files: [lock], text: [version] });
  const inside = path.join(folder, 'bin', 'python');
  unlessStamped(`${name} from ${lock}`, folder, stamp, () => {
    if (existsSync(inside) && output(inside, ['--version']) !== version) rmSync(folder, { recursive: true });
    if (output(inside, ['-m', 'pip', '--version']) === undefined) createVenv(python, folder);
    pipInstall(inside, ['--requirement', lock]);
  });
}

/** @param {string} python @param {string} folder */
function createVenv(python, folder) {
  if (output(python, ['-c', 'import ensurepip']) === undefined) needSystemPackages(['python3-venv']);
  run(python, ['-m', 'venv', '--clear', folder]);
}

/** @param {string} python @param {string[]} args */
export function pipInstall(python, args) {
  const quiet = ['--quiet', '--quiet', '--disable-pip-version-check', '--no-input'];
  run(python, ['-m', 'pip', 'install', ...quiet, '--require-hashes', ...args]);
}

/** Programs that tests and demo need, from Debian when we may install them.
 * @param {Record<string, string>} programs program name to Debian packages, separated by blanks */
export function needPrograms(programs) {
  needSystemPackages(Object.entries(programs).filter(([name]) => !onPath(name)).flatMap(([, debian]) => debian.split(' ')));
}

/** @param {string[]} packages */
function needSystemPackages(packages) {
  if (packages.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new StepError(`Missing on this machine: ${packages.join(', ')}. Install it (on Debian: ${command}) and try again.`);
  }
  console.log(`[setup] ${command}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

export function setUp() {
  installNodePackages();
  installVenv('.venv', 'requirements/dev.txt');
  installVenv('.venv-runagent', 'requirements/runagent.txt');
}

/** The version in package.json. */
export function version() {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
}

if (isMain(import.meta.url)) await script(setUp);
