// Bundles the extension and the run page into dist/. `--production` leaves out source maps and minifies.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What VS Code 1.91, the oldest that `engines` in package.json allows, is made of: Electron 29. */
const OLDEST = { node: 'node20.9', browser: 'chrome122' };
const production = process.argv.includes('--production');

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'eof',
  logLevel: 'warning',
  outdir: 'dist',
};

await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: { extension: 'extension/src/extension.ts' },
    platform: 'node',
    format: 'cjs',
    target: OLDEST.node,
    external: ['vscode'],
  }),
  build({
    ...common,
    entryPoints: {
      run_page: 'extension/src/panel/webview/main.ts',
      session_page: 'extension/src/panel/webview/session/session_main.ts',
      'run_page.style': 'extension/src/panel/webview/run_page.css',
      codicon: '@vscode/codicons/dist/codicon.css',
    },
    entryNames: '[name]',
    assetNames: '[name]',
    loader: { '.ttf': 'file' },
    platform: 'browser',
    format: 'iife',
    target: ['es2022', OLDEST.browser],
  }),
]);
