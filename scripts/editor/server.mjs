// Starts and stops the editor's server.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modernNode, StepError } from '../steps.mjs';
import { editorFolder } from './install.mjs';

// Nothing of the editor asks, phones home or changes files by itself.
const SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'editor.minimap.enabled': false,
  'files.autoSave': 'off',
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** @param {string} dataDir */
function folders(dataDir) {
  const user = path.join(dataDir, 'user');
  return ['--server-data-dir', dataDir, '--user-data-dir', user, '--extensions-dir', path.join(dataDir, 'extensions')];
}

/** Puts our settings, and more of the caller's, where the editor reads them at its start.
 * @param {string} dataDir @param {Record<string, unknown>} [more] */
export function writeSettings(dataDir, more = {}) {
  const folder = path.join(dataDir, 'user', 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ ...SETTINGS, ...more }, null, 2));
}

/** @param {string} dataDir @param {string} vsix */
export function installExtension(dataDir, vsix) {
  const program = path.join(editorFolder, 'out', 'server-main.js');
  const result = spawnSync(modernNode(), [program, ...folders(dataDir), '--accept-server-license-terms', '--install-extension', vsix, '--force'], { encoding: 'utf8' });
  if (result.status !== 0 || !/successfully installed/.test(result.stdout)) {
    throw new StepError(`the extension could not be installed:\n${result.stdout}${result.stderr}`);
  }
}

/** Starts the server in a process group of its own; resolves once it listens.
 * @param {{dataDir: string, port?: number, flags?: string[], env?: NodeJS.ProcessEnv, limitMs?: number}} options
 * @returns {Promise<{url: (folder?: string, file?: string) => string, stop: () => Promise<void>, log: () => string}>} */
export function startEditor({ dataDir, port = 0, flags = [], env = process.env, limitMs = 180_000 }) {
  const program = path.join(editorFolder, 'out', 'server-main.js');
  // Without a token any page in the visitor's browser could connect, and an editor runs programs.
  const token = randomUUID();
  const args = [program, '--host', '127.0.0.1', '--port', String(port), '--connection-token', token, '--accept-server-license-terms', '--disable-telemetry', ...folders(dataDir), ...flags];
  // As if started by VS Code's command line: it then takes our environment, not one that a login shell makes up.
  const child = spawn(modernNode(), args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, VSCODE_CLI: '1' } });
  let log = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    endGroup(child.pid);
    await ended;
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => stop().then(() => reject(new StepError(`VS Code did not start:\n${log}`))), limitMs);
    /** @param {Buffer} data */
    const read = (data) => {
      log += data;
      const listening = /Extension host agent listening on (\d+)/.exec(log);
      if (listening === null) return;
      clearTimeout(timer);
      resolve({ url: (folder, file) => pageUrl(`127.0.0.1:${listening[1]}`, token, folder, file), stop, log: () => log });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new StepError(`VS Code did not start:\n${log}`));
    });
  });
}

/** The address of the editor's page with a folder, and perhaps one file of it, open; without a folder, an empty window.
 * @param {string} authority @param {string} token @param {string} [folder] @param {string} [file] */
function pageUrl(authority, token, folder, file) {
  const url = new URL(`http://${authority}/`);
  url.searchParams.set('tkn', token);
  if (folder === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set('folder', folder);
  if (file !== undefined) url.searchParams.set('payload', JSON.stringify([['openFile', `vscode-remote://${authority}${file}`]]));
  return url.href;
}

/** Ends a process with all it started: extension host and language servers outlive the server by a moment.
 * @param {number | undefined} pid */
export function endGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}
