/** The extension that debugs Python, as far as tests need it: its manifest, its way to attach, the real debugpy. */

import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { modernNode, output, requireVenv, root, run, StepError } from '../../scripts/steps.mjs';

/** Packs it in `folder`; the path of the VSIX. */
export function packPythonDebugger(folder: string): string {
  const stage = path.join(folder, 'python-debugger');
  cpSync(path.join(root, 'tests', 'e2e', 'python-debugger'), stage, { recursive: true });
  const libs = path.join(stage, 'bundled', 'libs');
  mkdirSync(libs, { recursive: true });
  const filter = (file: string) => !file.includes('__pycache__') && !file.endsWith('.so');
  cpSync(debugpyOf(requireVenv('python')), path.join(libs, 'debugpy'), { recursive: true, filter });
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const vsix = path.join(folder, 'python-debugger.vsix');
  run(modernNode(), [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix], {
    cwd: stage,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return vsix;
}

function debugpyOf(python: string): string {
  const found = output(python, ['-c', 'import debugpy, os; print(os.path.dirname(debugpy.__file__))']);
  if (found === undefined) throw new StepError('debugpy is not in .venv. Run `npm run setup` first.');
  return found;
}
