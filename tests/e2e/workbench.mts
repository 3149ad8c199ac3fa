/** A real VS Code window with our extension installed, driven through Chromium. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { installEditor } from '../../scripts/editor/install.mjs';
import { installExtension, startEditor, writeSettings } from '../../scripts/editor/server.mjs';
import { root } from '../../scripts/steps.mjs';
import { vsixFile } from '../../scripts/vsix.mjs';
import { runPage, shownText } from './run_form.mts';
import { eventually, LIMIT_MS } from './waiting.mts';

/** How long the effect of a press that has come through may take before it counts as lost. */
const PRESS_MS = 10_000;
const SCREENSHOTS = path.join(root, 'test-results');

export interface WorkbenchOptions {
  /** None: an empty window. */
  readonly folder?: string;
  /** A file of the folder that is open from the start. */
  readonly file?: string;
  readonly trusted?: boolean;
  readonly settings?: Record<string, unknown>;
  readonly env?: NodeJS.ProcessEnv;
  /** The language of the editor, and our words in it by those in the source. */
  readonly language?: { readonly name: string; readonly words: Readonly<Record<string, string>> };
  /** Extensions to install beside ours. */
  readonly vsixFiles?: readonly string[];
}

/** A fresh folder that the tests of a file share; removed with `remove`. */
export function scratch(): { folder: string; copy: (example: string) => string; remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'runagent-e2e-'));
  return {
    folder,
    copy: (example) => {
      const target = path.join(folder, example);
      cpSync(path.join(root, 'examples', example), target, { recursive: true });
      return target;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The extension as VS Code has unpacked it: installed once, by `npm test` for all files; copied for each window. */
let installed = process.env['RUNAGENT_E2E_EXTENSIONS'];

function extensionsFolder(): string {
  if (installed !== undefined) return installed;
  installEditor();
  const data = mkdtempSync(path.join(os.tmpdir(), 'runagent-e2e-install-'));
  process.once('exit', () => rmSync(data, { recursive: true, force: true }));
  installExtension(data, vsixFile);
  installed = path.join(data, 'extensions');
  return installed;
}

export class Workbench {
  readonly page: Page;
  readonly dataDir: string;
  readonly #ends: readonly (() => unknown)[];

  private constructor(page: Page, dataDir: string, ends: readonly (() => unknown)[]) {
    this.page = page;
    this.dataDir = dataDir;
    this.#ends = ends;
  }

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'runagent-e2e-data-'));
    const ends: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })];
    try {
      cpSync(extensionsFolder(), path.join(dataDir, 'extensions'), { recursive: true });
      for (const vsix of options.vsixFiles ?? []) installExtension(dataDir, vsix);
      if (options.language !== undefined) translate(dataDir, options.language);
      writeSettings(dataDir, options.settings);
      const trust = options.trusted === false ? [] : ['--disable-workspace-trust'];
      // Its sockets, its history of runs and what it knows of served agents go with the folder as well.
      const own = {
        XDG_RUNTIME_DIR: dataDir,
        RUNAGENT_LS_HISTORY: path.join(dataDir, 'history.db'),
        RUNAGENT_LS_STATE: path.join(dataDir, 'state'),
      };
      const env = { ...(options.env ?? process.env), ...own };
      const editor = await startEditor({ dataDir, flags: trust, env });
      ends.unshift(editor.stop);
      const browser = await launch();
      ends.unshift(() => browser.close());
      const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      // Where VS Code itself looks for the language of a page; it has no texts of its own in this one.
      await page.addInitScript((name) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: name }), options.language?.name);
      page.setDefaultTimeout(LIMIT_MS);
      const { folder = '', file } = options;
      await page.goto(editor.url(options.folder, file === undefined ? undefined : path.join(folder, file)));
      await page.locator('.monaco-workbench .statusbar-item').first().waitFor();
      const window = new Workbench(page, dataDir, ends);
      if (file !== undefined) await window.isOpen(file);
      return window;
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }

  /** Settings that hold over the user's from now on, instead of those that were given last. VS Code reads them in its
   * own time: look for what they change. */
  useSettings(settings: Record<string, unknown>): void {
    const folder = path.join(this.dataDir, 'user', 'Machine');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings));
  }

  async close(): Promise<void> {
    for (const end of this.#ends) await end();
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }

  /** Opens a file of the folder by the end of its path, such as `hello-agent/main.py`. */
  async openFile(file: string): Promise<void> {
    const name = path.basename(file);
    await this.#pick(file, name, 'Control+P');
    await this.isOpen(file);
  }

  /** Until none is left: what is opened before that would be closed as well. */
  async closeEditors(): Promise<void> {
    await this.command('View: Close All Editors');
    const tabs = this.page.locator('.editor-group-container .tab');
    await eventually('all editors are closed', async () => (await tabs.count()) === 0);
  }

  /** Waits until the file is in the active editor. */
  async isOpen(file: string): Promise<void> {
    const name = path.basename(file);
    await this.page.locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator('.editor-group-container.active .monaco-editor .view-line').first().waitFor();
  }

  /** Runs a command of the palette by its whole title. */
  async command(title: string): Promise<void> {
    await this.#pick(`>${title}`, title, 'F1');
  }

  /** Whether the palette lists a command now. What is not there long after it has listed others is not offered. */
  async offersCommand(title: string): Promise<boolean> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'RunAgent: ' });
    let tookMs = 0;
    await eventually('the palette lists our commands', async (timeout) => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      const start = performance.now();
      await this.quickInput.fill('>RunAgent: ', { timeout });
      await rows.first().waitFor({ timeout });
      tookMs = performance.now() - start;
      await this.quickInput.fill(`>RunAgent: ${title}`, { timeout });
      return true;
    });
    const listed = rows.filter({ hasText: `RunAgent: ${title}` }).first();
    const timeout = Math.max(2000, 5 * tookMs);
    const found = await listed.waitFor({ timeout }).then(() => true, () => false);
    await this.page.keyboard.press('Escape');
    return found;
  }

  /** Types into the quick pick that `key` opens; opens it anew until the row is there, because one that was opened
   * before an extension was ready never lists its commands. */
  async #pick(text: string, row: string, key: string): Promise<void> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: row });
    await eventually(`a row "${row}" for "${text}"`, async (timeout) => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press(key);
      await this.quickInput.fill(text, { timeout });
      await rows.first().waitFor({ timeout });
      await this.#press(rows, timeout);
      return true;
    });
  }

  /** Presses a row of the quick pick and sees to it that it was taken: rows that are redrawn take no press. */
  async #press(rows: Locator, timeout: number): Promise<void> {
    const row = rows.first();
    const label = await row.evaluate((it) => (it.querySelector('.label-name') ?? it).textContent ?? '', undefined, { timeout });
    const widget = this.page.locator('.quick-input-widget:visible');
    const state = async () => String(await widget.evaluateAll(stateOf, label));
    const before = await state();
    await row.click({ timeout });
    await eventually('the row is taken', async () => (await state()) !== before, Math.max(PRESS_MS, timeout));
  }

  get quickInput() {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** Answers the input box whose title says `title`. */
  async answer(title: string, text: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget:visible .quick-input-title').filter({ hasText: title });
    await box.waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  /** The quick pick whose title or placeholder says `prompt`, and no other that is still on its way out. */
  quickPick(prompt: string) {
    const says = `.quick-input-title:has-text("${prompt}"), input[placeholder*="${prompt}"]`;
    return this.page.locator('.quick-input-widget:visible').filter({ has: this.page.locator(says) });
  }

  /** Chooses the row that holds `text` in the quick pick that says `prompt`. Rows are redrawn at any time, so it tries again. */
  async choose(prompt: string, text: string): Promise<void> {
    const row = this.quickPick(prompt).locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
    await eventually(`"${text}" can be chosen where it says "${prompt}"`, async (timeout) => {
      // Where it rested it may have brought up what a row says on hovering, over the row below.
      await this.page.mouse.move(0, 0);
      await this.#press(row, timeout);
      return true;
    });
  }

  /** Chooses a row of the quick pick that a command opens; opens it anew when it was lost on the way. */
  async chooseAfter(title: string, prompt: string, text: string): Promise<void> {
    const row = this.quickPick(prompt).locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
    await eventually(`"${text}" can be chosen after "${title}"`, async (timeout) => {
      await this.command(title);
      await this.page.mouse.move(0, 0);
      await this.#press(row, Math.max(PRESS_MS, timeout));
      return true;
    });
  }

  /** Accepts the rows that are checked in the quick pick that says `prompt`. */
  async acceptChoices(prompt: string): Promise<void> {
    const pick = this.quickPick(prompt);
    await pick.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await pick.locator('.quick-input-box input').press('Enter');
    await pick.waitFor({ state: 'hidden' });
  }

  /** Names a file to VS Code's own dialog in a browser, in which a path is typed. */
  async typePath(title: string, file: string): Promise<void> {
    await this.waitForInput(title);
    const dialog = this.page.locator('.quick-input-widget:visible .quick-input-title').filter({ hasText: title });
    // The dialog puts the folder it begins in there itself, in its own time.
    const folder = path.dirname(file);
    await eventually('the dialog is ready', async () => (await this.quickInput.inputValue()).startsWith(folder));
    await eventually(`${file} is taken`, async (timeout) => {
      if (!(await dialog.isVisible())) return true;
      await this.quickInput.fill(file, { timeout });
      await this.quickInput.press('Enter', { timeout });
      await dialog.waitFor({ state: 'hidden', timeout });
      return true;
    });
  }

  /** Presses a button of the modal dialog; its whole text is answered. */
  async confirm(button: string): Promise<string> {
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const text = await dialog.innerText();
    const isOpen = async () => (await dialog.isVisible()) && (await dialog.innerText({ timeout: 2000 })) === text;
    await eventually(`"${button}" closes the dialog`, async (timeout) => {
      if (!(await isOpen())) return true;
      // A press that comes while the dialog is still being put in its place is lost.
      await dialog.getByRole('button', { name: button, exact: true }).click({ timeout });
      await eventually('the dialog is closed', async () => !(await isOpen()), timeout);
      return true;
    });
    return text;
  }

  /** The visible text of the active editor, once it holds all of `parts`; spaces are plain ones. */
  editorSays(...parts: (string | RegExp)[]): Promise<string> {
    let text = '';
    return eventually(`the editor says ${parts.join(', ')}`, async () => {
      const lines = await this.page.locator('.editor-group-container.active .monaco-editor .view-lines').last().innerText();
      text = lines.replaceAll('\u00a0', ' ');
      const has = parts.every((part) => (typeof part === 'string' ? text.includes(part) : part.test(text)));
      return has ? text : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it says:\n${text}`);
    }) as Promise<string>;
  }

  /** Replaces `length` characters at a place (from 1, as people count) of the active editor. */
  async replace(line: number, column: number, length: number, text: string): Promise<void> {
    await this.goTo(line, column);
    for (let index = 0; index < length; index++) await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press('Escape');
  }

  /** Puts the cursor at a place (from 1) of the active editor and scrolls it into view. */
  async goTo(line: number, column = 1): Promise<void> {
    await eventually(`the cursor is in line ${line}`, async (timeout) => {
      await this.page.keyboard.press('Control+G');
      await this.quickInput.fill(`:${line}:${column}`, { timeout });
      await this.quickInput.press('Enter', { timeout });
      await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout });
      await eventually('the status bar says so', () => this.isInLine(line), timeout);
      return true;
    });
  }

  /** Sets a breakpoint in a line of the active editor, or takes it away. */
  async breakpoint(line: number, isWanted: boolean): Promise<void> {
    await this.goTo(line);
    const group = this.page.locator('.editor-group-container.active');
    const mark = group.locator('.glyph-margin-widgets [class*="codicon-debug-breakpoint"]').first();
    if (!isWanted) await mark.waitFor();
    await eventually(`a breakpoint in line ${line}: ${isWanted}`, async (timeout) => {
      if ((await mark.isVisible()) === isWanted) return true;
      // The key is lost until the editor knows that the language can be debugged.
      await this.page.keyboard.press('F9');
      await mark.waitFor({ state: isWanted ? 'visible' : 'hidden', timeout });
      return true;
    });
  }

  /** Whether the cursor of the active editor is in the line. */
  async isInLine(line: number): Promise<boolean> {
    return (await this.page.locator('#status\\.editor\\.selection').innerText({ timeout: 2000 })).includes(`Ln ${line},`);
  }

  /** How many of what kind the status bar counts, over all files. */
  async counts(): Promise<string> {
    return (await this.page.locator('#status\\.problems a').getAttribute('aria-label')) ?? '';
  }

  /** The number of squiggles of a kind in the visible part of the active editor. */
  squiggles(kind: 'error' | 'warning' | 'info' | 'hint'): Promise<number> {
    return this.page.locator(`.editor-group-container.active .squiggly-${kind}`).count();
  }

  /** The texts of the Problems view's visible rows. */
  async problems(): Promise<string[]> {
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    return eventually('the Problems view has rows', async (timeout) => {
      // Where the view is in front the key would put it away.
      if (!(await this.page.locator('.markers-panel').isVisible())) await this.page.keyboard.press('Control+Shift+M');
      await rows.first().waitFor({ timeout });
      return await rows.allInnerTexts();
    }) as Promise<string[]>;
  }

  /** The lenses of all editors: the page of a run may have the keyboard. */
  lenses(): Promise<string[]> {
    return this.page.locator('.editor-group-container .codelens-decoration a').allInnerTexts();
  }

  /** Presses a lens: the n-th with this text. They are redrawn at any time, so it tries again. */
  async pressLens(text: string, index: number, done: (timeout: number) => Promise<unknown>): Promise<void> {
    const lens = this.page.locator('.editor-group-container .codelens-decoration a').filter({ hasText: text });
    await eventually(`lens ${text} ${index} can be pressed`, async (timeout) => {
      await lens.nth(index).click({ timeout });
      await done(Math.max(PRESS_MS, timeout));
      return true;
    });
  }

  waitForInput(title: string, timeout = LIMIT_MS): Promise<void> {
    return this.page
      .locator('.quick-input-widget:visible .quick-input-title')
      .filter({ hasText: title })
      .waitFor({ timeout });
  }

  /** The language servers of this window's own copy of the extension. */
  serverProcesses(): number[] {
    return this.#processes((line) => /launch\.py\s*$/.test(line));
  }

  /** What serves agents for this window: servers and the processes in which the agents' code runs. */
  agentProcesses(): number[] {
    return this.#processes((line) => /launch\.py \S|serve\/worker|debugpy\/adapter/.test(line));
  }

  /** The processes in which agents' code runs. */
  workerProcesses(): number[] {
    return this.#processes((line) => line.includes('serve/worker'));
  }

  /** Where the extensions of this window live. */
  extensionHosts(): number[] {
    return this.#processes((line) => line.includes('--type=extensionHost'));
  }

  /** The processes of the editor itself, its main one first. */
  editorProcesses(): number[] {
    const ours = [...this.serverProcesses(), ...this.agentProcesses()];
    const main = this.#processes((line) => line.includes('server-main.js'));
    const others = this.#processes(() => true).filter((pid) => !main.includes(pid) && !ours.includes(pid));
    return [...main, ...others];
  }

  /** The processes with this window's folder in their command line, or in that of their parent. */
  #processes(fits: (line: string) => boolean): number[] {
    const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
    const all = stdout.split('\n').map((line) => ({ line, ids: line.trim().split(/\s+/, 2).map(Number) }));
    const ours = new Set(all.filter(({ line }) => line.includes(this.dataDir)).map(({ ids }) => ids[0]));
    return all
      .filter(({ line, ids: [pid, parent] }) => (ours.has(pid) || ours.has(parent)) && fits(line))
      .map(({ ids: [pid = 0] }) => pid);
  }

  /** What a screen reader says of our item in the status bar. */
  async agentStatus(): Promise<string> {
    const item = this.page.locator('.statusbar-item[id="runagent-community.runagent-agents.runagent.serve"] a');
    return (await item.getAttribute('aria-label', { timeout: 2000 })) ?? '';
  }

  /** Waits until the item in the status bar says so. */
  async agentIs(words: RegExp, limitMs?: number): Promise<string> {
    let said = '';
    return eventually(`the status bar says ${words}`, async () => {
      said = await this.agentStatus();
      return words.test(said) ? said : undefined;
    }, limitMs).catch((error: Error) => {
      throw new Error(`${error.message}; it says: ${said}`);
    }) as Promise<string>;
  }

  /** The lines of an Output channel of ours, by its name. */
  async outputOf(channel: string): Promise<string> {
    const logs = path.join(this.dataDir, 'user', 'logs');
    // What no file system may like is left out of the names of its files.
    const name = `${channel.replace(':', '')}.log`;
    const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(name));
    return files.map((file) => readFileSync(path.join(logs, file), 'utf8')).join('');
  }

  async notification(text: string | RegExp): Promise<string> {
    const toast = this.page.locator('.notification-toast').filter({ hasText: text }).first();
    await toast.waitFor();
    return await toast.innerText();
  }

  /** The visible run's text, once it says all of `parts`. */
  runSays(...parts: (string | RegExp)[]): Promise<string> {
    let text = '';
    return eventually(`the run says ${parts.join(', ')}`, async () => {
      text = await shownText(await runPage(this));
      const has = parts.every((part) => (typeof part === 'string' ? text.includes(part) : part.test(text)));
      return has ? text : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it says:\n${text}`);
    }) as Promise<string>;
  }
}

/** Runs in the page: what a quick pick asks for, what is typed and checked in it, and whether it has a row of this label.
 * What else a row says may come later. */
function stateOf(widgets: Element[], label: string): string[] {
  const texts = (widget: Element, part: string) => [...widget.querySelectorAll(part)].map((it) => it.textContent ?? '');
  return widgets.map((widget) => {
    const typed = [...widget.querySelectorAll('input')].map(({ value, placeholder }) => `${value} ${placeholder}`);
    const checked = widget.querySelectorAll('.monaco-list-row [aria-checked="true"], .monaco-list-row input:checked').length;
    const rows = [...widget.querySelectorAll('.monaco-list-row')];
    const has = rows.some((row) => ((row.querySelector('.label-name') ?? row).textContent ?? '') === label);
    return [...texts(widget, '.quick-input-title'), ...typed, checked, has].join();
  });
}

/** Puts a translation into the installed extension, as its VSIX would bring it. */
function translate(dataDir: string, { name, words }: NonNullable<WorkbenchOptions['language']>): void {
  const extensions = path.join(dataDir, 'extensions');
  const ours = readdirSync(extensions).find((folder) => folder.startsWith('runagent-community.runagent-agents'));
  if (ours === undefined) throw new Error(`the extension is not in ${extensions}`);
  writeFileSync(path.join(extensions, ours, 'l10n', `bundle.l10n.${name}.json`), JSON.stringify(words));
}

function launch(): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const wanted = process.env['CHROMIUM'] ?? executablePath.find((file) => existsSync(file));
  if (wanted === undefined) throw new Error(`Chromium is needed. Tried: ${executablePath.join(', ')}`);
  return chromium.launch({ executablePath: wanted, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
