// Builds build/runagent-agents.vsix: one for every platform.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { bundle } from './bundle.mjs';
import { isMain, modernNode, root, run, script } from './steps.mjs';
import { setUp } from './setup.mjs';

export const vsixFile = path.join(root, 'build', 'runagent-agents.vsix');

export function buildVsix() {
  bundle();
  run(process.execPath, ['extension/build.mjs', '--production']);
  mkdirSync(path.dirname(vsixFile), { recursive: true });
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  run(modernNode(), [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-update-package-json', '--out', vsixFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(`${path.relative(root, vsixFile)}: ${(statSync(vsixFile).size / 2 ** 20).toFixed(2)} MiB`);
  return vsixFile;
}

if (isMain(import.meta.url)) {
  await script(() => {
    setUp();
    buildVsix();
  });
}
