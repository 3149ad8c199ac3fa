/** What people do to texts: put the cursor somewhere, choose a fix, rename, save; and what is then on the disk. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const CONFIG = {
  agent_name: 'shop',
  description: 'Sells things',
  framework: 'default',
  template: '',
  version: '1.0.0',
  created_at: '2026-01-15T09:00:00',
  template_source: { repo_url: '', author: '', path: '' },
  agent_architecture: { entrypoints: [] as unknown[] },
  env_vars: {},
  agent_id: '6f1c2b9e-3d4a-4f57-9a86-0b5d7c1e2a33',
};
export type Config = typeof CONFIG & Record<string, unknown>;

/** A workspace with one agent in `shop`, and files around it; the texts of files that are on the disk. */
export class EditedFolder {
  readonly #files = scratch();
  #edition = 0;
  readonly folder = this.#files.folder;

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    writeFileSync(path.join(this.folder, file), text);
  }

  writeConfig(entrypoints: unknown[], changes: Record<string, unknown> = {}): void {
    const description = `Sells things ${this.edition()}`;
    const config = { ...CONFIG, description, agent_architecture: { entrypoints }, ...changes };
    this.write('shop/runagent.config.json', `${JSON.stringify(config, null, 2)}\n`);
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  config(): Config {
    return JSON.parse(this.read('shop/runagent.config.json'));
  }

  /** A text of its own for each writing, by which `at` sees that the editor has read the file again. */
  edition(): string {
    this.#edition += 1;
    return `(edition ${this.#edition})`;
  }

  remove(): void {
    this.#files.remove();
  }
}

export class EditingWindow {
  readonly window: Workbench;
  readonly #files: EditedFolder;

  private constructor(window: Workbench, files: EditedFolder) {
    this.window = window;
    this.#files = files;
  }

  static async open(files: EditedFolder, theme: string): Promise<EditingWindow> {
    const settings = { 'workbench.colorTheme': theme, 'editor.minimap.enabled': false, 'typescript.validate.enable': false };
    const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, '.cache') };
    return new EditingWindow(await Workbench.open({ folder: files.folder, env, settings }), files);
  }

  get #page() {
    return this.window.page;
  }

  /** Opens a file as it is on the disk and puts the cursor before `text`, `further` characters on. */
  async at(file: string, text: string, further = 0): Promise<void> {
    const whole = this.#files.read(file);
    const lines = (whole.split(text)[0] as string).split('\n');
    await this.window.openFile(file);
    await this.window.editorSays(/\(edition \d+\)/.exec(whole)?.[0] ?? text);
    await this.window.goTo(lines.length, (lines.at(-1) as string).length + 1 + further);
  }

  /** Chooses an entry of the menu of fixes and refactorings at the cursor. */
  async act(title: string | RegExp): Promise<void> {
    await this.showActions(title);
    const row = this.#page.locator('.action-widget .monaco-list-row.action').filter({ hasText: title });
    await row.first().click();
  }

  /** Opens the menu of fixes and refactorings until it has an entry: the server may still be reading. */
  async showActions(title: string | RegExp): Promise<string[]> {
    const rows = this.#page.locator('.action-widget .monaco-list-row.action');
    let seen: string[] = [];
    await eventually(`an action ${title}`, async (timeout) => {
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('Control+.');
      await rows.first().waitFor({ timeout });
      seen = await rows.allInnerTexts();
      await rows.filter({ hasText: title }).first().waitFor({ timeout: timeout / 2 });
      return true;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; there are: ${seen.join(', ')}`);
    });
    return seen;
  }

  /** Renames what is at the cursor; answers the name that was there. */
  async rename(name: string): Promise<string> {
    const input = this.#page.locator('.rename-box input, .rename-input');
    await eventually('the box for a new name', async (timeout) => {
      await this.#page.keyboard.press('F2');
      await input.first().waitFor({ timeout });
      return true;
    });
    const before = await input.first().inputValue();
    await input.first().fill(name);
    await input.first().press('Enter');
    await input.first().waitFor({ state: 'hidden' });
    return before;
  }

  /** What is said about the place of the cursor, once it says `part`. */
  async hover(part: string | RegExp): Promise<string> {
    const box = this.#page.locator('.monaco-editor .monaco-hover:not(.hidden), .monaco-resizable-hover .monaco-hover');
    let text = '';
    await eventually(`the hover says ${part}`, async (timeout) => {
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('Control+K');
      await this.#page.keyboard.press('Control+I');
      await box.first().waitFor({ timeout });
      text = (await box.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
      return typeof part === 'string' ? text.includes(part) : part.test(text);
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it says:\n${text}`);
    });
    return text;
  }

  /** Asks for completions until `label` is among them, and takes it; all that are on the screen. */
  async complete(label: string, screenshot?: string): Promise<string[]> {
    const row = this.#page
      .locator('.suggest-widget.visible .monaco-list-row')
      .filter({ has: this.#page.locator(`.monaco-icon-label:has-text("${label}")`) });
    await eventually(`a completion ${label}`, async (timeout) => {
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('Control+Space');
      await row.first().waitFor({ timeout });
      return true;
    });
    if (screenshot !== undefined) await this.window.screenshot(screenshot);
    // From the top: a list reuses elements, and their order in the page is another.
    const shown = await this.#page.locator('.suggest-widget.visible .monaco-list-row').evaluateAll((all) => {
      const place = (it: Element) => Number(it.getAttribute('data-index'));
      return all.toSorted((one, other) => place(one) - place(other)).map((it) => it.querySelector('.label-name')?.textContent ?? '');
    });
    await row.first().click();
    await this.#page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
    return shown;
  }

  /** Saves until a file on the disk is as wanted, because what was asked for arrives in its time; its text. */
  async saved(file: string, wanted: (text: string) => boolean): Promise<string> {
    let text = '';
    await eventually(`${file} is saved as wanted`, async () => {
      await this.saveAll();
      text = this.#files.read(file);
      return wanted(text);
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it is:\n${text}`);
    });
    return text;
  }

  saveAll(): Promise<void> {
    return this.window.command('File: Save All');
  }

  close(): Promise<void> {
    return this.window.close();
  }
}
