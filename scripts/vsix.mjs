// Builds build/runagent-agents.vsix: one for every platform. What goes in is copied to a folder of its own first, so
// that only what is named here can get in.
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle } from './bundle.mjs';
import { setUp } from './setup.mjs';
import { isMain, modernNode, root, run, script } from './steps.mjs';

const CONTENTS = [
  'dist', 'schemas', 'server/launch.py', 'server/libs', 'server/agent_runtime', 'server/runagent_ls',
  'media', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE',
];
const LEFT_OUT = /(^|\/)(__pycache__|\.\w+_cache|\.stamp)$|\.(pyc|map)$/;

export const vsixFile = path.join(root, 'build', 'runagent-agents.vsix');

export function buildVsix() {
  bundle();
  run(process.execPath, ['extension/build.mjs', '--production']);
  const stage = path.join(root, 'build', 'extension');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  for (const name of CONTENTS) {
    cpSync(path.join(root, name), path.join(stage, name), { recursive: true, filter: (file) => !LEFT_OUT.test(file) });
  }
  writeManifest(stage);
  // In a process of its own: what it needs may just have been installed.
  run(process.execPath, ['extension/l10n.mjs', path.join(stage, 'l10n', 'bundle.l10n.json')]);
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  run(modernNode(), [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsixFile], {
    cwd: stage,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(`${path.relative(root, vsixFile)}: ${(statSync(vsixFile).size / 2 ** 20).toFixed(2)} MiB`);
  return vsixFile;
}

/** The manifest without what is only for building. @param {string} stage */
function writeManifest(stage) {
  const { scripts, devDependencies, optionalDependencies, ...manifest } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify({ ...manifest, files: ['**'] }, null, 2)}\n`);
}

if (isMain(import.meta.url)) {
  await script(() => {
    setUp();
    buildVsix();
  });
}
