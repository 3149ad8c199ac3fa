// Lays the server's libraries into server/libs, pure Python only, for the VSIX.
import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isMain, fingerprint, requireVenv, root, StepError, script, unlessStamped } from './steps.mjs';
import { pipInstall } from './setup.mjs';

const LOCK = 'requirements/bundle.txt';
const STAND_INS = 'server/bundle_stand_ins';
// Accelerators that a wheel for every platform still carries, tests, and what only pip reads.
const LEFT_OUT_NAMES = new Set(['bin', 'tests', 'benchmarks', '__pycache__', 'RECORD', 'INSTALLER', 'REQUESTED', 'WHEEL', 'top_level.txt', 'entry_points.txt', 'direct_url.json']);
const LEFT_OUT_ENDINGS = ['.c', '.pyx', '.pxd', '.pyi', '.pyc'];
const COMPILED = /\.(so|pyd|dll|dylib|a|o)$/;

export function bundle() {
  const libs = path.join(root, 'server', 'libs');
  const stamp = fingerprint({ files: [LOCK, STAND_INS, 'scripts/bundle.mjs'] });
  unlessStamped('server/libs', libs, stamp, () => {
    const fresh = `${libs}.new`;
    rmSync(fresh, { recursive: true, force: true });
    // As if for a platform that has no compiled wheels: pip can then choose only wheels of plain Python.
    const pure = ['--only-binary=:all:', '--platform=any', '--implementation=py', '--abi=none', '--python-version=3.11'];
    pipInstall(requireVenv('python'), [...pure, '--no-deps', '--no-compile', `--target=${fresh}`, '--requirement', LOCK]);
    prune(fresh);
    cpSync(path.join(root, STAND_INS), fresh, { recursive: true, filter: (file) => !file.includes('__pycache__') });
    rmSync(libs, { recursive: true, force: true });
    renameSync(fresh, libs);
  });
  return libs;
}

/** @param {string} folder */
function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (COMPILED.test(entry.name)) throw new StepError(`${file} is compiled; the bundle must run on every platform.`);
    if (LEFT_OUT_NAMES.has(entry.name) || LEFT_OUT_ENDINGS.some((ending) => entry.name.endsWith(ending))) {
      rmSync(file, { recursive: true });
    } else if (entry.isDirectory()) {
      prune(file);
    }
  }
}

if (isMain(import.meta.url)) await script(bundle);
