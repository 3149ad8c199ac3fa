// Installs a real VS Code into .cache: the server part that the npm package code-server carries. It serves the
// editor to a browser; code-server's own front is left out.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cache, fingerprint, modernNode, output, run, StepError, unlessStamped } from '../steps.mjs';

const VERSION = '4.139.1';
const INTEGRITY = 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';
// Need a compiler, or serve what neither demo nor tests use.
const LEFT_OUT = [
  '@github/copilot-sdk', '@microsoft/mxc-sdk', '@devcontainers/cli', '@vscode/sandbox-runtime', '@vscode/sqlite3',
  'ssh2', 'kerberos', '@vscode/windows-process-tree', '@vscode/windows-registry',
];

export const editorFolder = path.join(cache, `vscode-${VERSION}`);

export function installEditor() {
  const stamp = fingerprint({ files: ['scripts/editor/install.mjs', 'scripts/editor/spdlog.js'] });
  unlessStamped(`VS Code for the browser (code-server ${VERSION})`, editorFolder, stamp, () => {
    rmSync(editorFolder, { recursive: true, force: true });
    mkdirSync(editorFolder, { recursive: true });
    unpack();
    dropPackages();
    for (const folder of [editorFolder, path.join(editorFolder, 'extensions')]) {
      run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, PATH: `${path.dirname(modernNode())}${path.delimiter}${process.env['PATH']}` },
      });
    }
    cpSync(new URL('./spdlog.js', import.meta.url), path.join(editorFolder, 'node_modules', '@vscode', 'spdlog', 'index.js'));
  });
  return editorFolder;
}

function unpack() {
  const packed = output('npm', ['pack', '--json', '--pack-destination', cache, `code-server@${VERSION}`]);
  if (packed === undefined) throw new StepError(`code-server ${VERSION} could not be fetched from the npm registry.`);
  const answer = JSON.parse(packed);
  // npm before 12 answers with a list, later ones with an object by package name.
  const { filename, integrity } = Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
  if (integrity !== INTEGRITY) throw new StepError(`code-server ${VERSION} is not the package that was checked: ${integrity}`);
  const archive = path.join(cache, filename);
  run('tar', ['xzf', archive, '-C', editorFolder, '--strip-components=3', 'package/lib/vscode']);
  rmSync(archive);
}

function dropPackages() {
  rmSync(path.join(editorFolder, 'extensions', 'copilot'), { recursive: true, force: true });
  const file = path.join(editorFolder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of LEFT_OUT) delete manifest.dependencies[name];
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}
