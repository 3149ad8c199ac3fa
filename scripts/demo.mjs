// `npm run demo`: a real VS Code with the extension and four example agents; the first click starts one.
// `--check` only proves that everything comes up, then ends. `--port N` chooses the page's port (8321).
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installEditor } from './editor/install.mjs';
import { installExtension, startEditor, writeSettings } from './editor/server.mjs';
import { findPython, setUp } from './setup.mjs';
import { cache, onPath, output, root, run, StepError, script } from './steps.mjs';
import { buildVsix } from './vsix.mjs';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false }, port: { type: 'string', default: '8321' } } });
const home = path.join(cache, 'demo');

/** Fresh copies, so that a visitor may break them. */
function copyExamples() {
  const folder = path.join(home, 'agents');
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['hello-agent', 'travel-agent', 'broken-agent']) {
    cpSync(path.join(root, 'examples', name), path.join(folder, name), { recursive: true });
  }
  run(findPython(), ['-I', '-S', path.join(root, 'server', 'launch.py'), 'new', path.join(folder, 'steps-agent'), '--template', 'react']);
  return folder;
}

/** The desktop editor when there is one and a screen to show it, else the one for the browser.
 * @param {string} folder @param {string} vsix @param {NodeJS.ProcessEnv} env */
async function openEditor(folder, vsix, env) {
  const settings = { 'runagent.interpreter': findPython() };
  if (!options.check && onPath('code') && (process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])) {
    const data = path.join(home, 'desktop');
    writeSettings(data, settings);
    const own = ['--user-data-dir', path.join(data, 'user'), '--extensions-dir', path.join(data, 'extensions')];
    run('code', [...own, '--install-extension', vsix, '--force'], { env });
    const child = spawn('code', [...own, '--wait', '--new-window', '--disable-workspace-trust', folder], { env, stdio: 'ignore' });
    return { where: 'VS Code is opening on your screen.', stop: async () => void child.kill() };
  }
  installEditor();
  const data = path.join(home, 'browser');
  rmSync(data, { recursive: true, force: true });
  writeSettings(data, settings);
  installExtension(data, vsix);
  const editor = await startEditor({ dataDir: data, port: options.check ? 0 : Number(options.port), flags: ['--disable-workspace-trust'], env });
  const url = editor.url(folder, path.join(folder, 'broken-agent', 'runagent.config.json'));
  return { where: `Open  ${url}`, stop: editor.stop, url };
}

/** @param {string} where */
function tell(where) {
  console.log(`
${where}

  1. broken-agent/runagent.config.json   mistakes are underlined; Ctrl+. on one offers its fix
  2. hello-agent/main.py                 press "Run" above greet, fill in a name: the agent is started and answers
  3. "Stream" above count_down           the numbers arrive one by one
  4. "Run" above divide with 0           shows how a failing agent is reported
  5. travel-agent/main.py                inputs of many kinds, an answer in Markdown
  6. a typing mistake in hello-agent     the agent goes on with the last good code, and says so
  7. steps-agent/main.py                 "Stream" above ask_in_steps: what it thinks and does, step by step

Press Ctrl+C here to end everything.
`);
}

/** The agent starts, answers and ends, with nothing but the extension. @param {string} folder @param {NodeJS.ProcessEnv} env */
function checkAgent(folder, env) {
  const call = ['run', 'greet', '--project', path.join(folder, 'hello-agent'), '--arg', 'name="Ada"', '--json'];
  const answer = output(findPython(), ['-I', '-S', path.join(root, 'server', 'launch.py'), ...call], { env });
  if (answer === undefined || !answer.includes('Hello, Ada')) throw new StepError(`hello-agent did not answer as it should: ${answer}`);
}

/** @param {string} url */
async function checkPage(url) {
  // The address trades its token for a cookie, then leads to the page.
  const entry = await fetch(url, { redirect: 'manual' });
  const [page, cookie] = [entry.headers.get('location'), entry.headers.get('set-cookie')];
  if (page === null || cookie === null) throw new StepError(`${url} did not let us in: HTTP ${entry.status}.`);
  const answer = await fetch(new URL(page, url), { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
  const text = await answer.text();
  if (!answer.ok || !text.includes('workbench')) throw new StepError(`${url} did not answer with the editor's page.`);
}

await script(async () => {
  setUp();
  const vsix = buildVsix();
  mkdirSync(home, { recursive: true });
  const folder = copyExamples();
  const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(home, 'registry'), RUNAGENT_LS_STATE: path.join(home, 'state') };
  /** @type {Awaited<ReturnType<typeof openEditor>> | undefined} */
  let editor;
  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
  try {
    editor = await openEditor(folder, vsix, env);
    tell(editor.where);
    if (!options.check) await interrupted;
    else if (editor.url) {
      await checkPage(editor.url);
      checkAgent(folder, env);
      console.log('demo: the editor is up, and the agent answers. OK');
    }
  } finally {
    await editor?.stop();
  }
});
