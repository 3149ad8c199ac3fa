/** VS Code's Test Explorer, as a person sees and uses it. */

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './waiting.mts';
import type { Workbench } from './workbench.mts';

/** Writes a case into an agent's folder; `content` is its JSON or, for a broken one, its text. */
export function writeCase(folder: string, tag: string, name: string, content: object | string): string {
  const file = path.join(folder, '.runagent', 'cases', tag, `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

export class TestExplorer {
  readonly window: Workbench;

  constructor(window: Workbench) {
    this.window = window;
  }

  get #rows() {
    return this.window.page.locator('.test-explorer .monaco-list-row');
  }

  /** Opens the view with all of its rows unfolded. */
  async open(): Promise<void> {
    await eventually('the test explorer', async (timeout) => {
      if (!(await this.#rows.first().isVisible())) {
        await this.window.command('Testing: Focus on Test Explorer View');
        await this.#rows.first().waitFor({ timeout });
      }
      return true;
    });
  }

  /** What a screen reader says of each visible row, its state included. */
  async rows(): Promise<string[]> {
    const rows = await this.#rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''));
    return rows;
  }

  row(label: string) {
    return this.#rows.filter({ hasText: label });
  }

  /** Unfolds what is folded, until a case is in sight. */
  async unfoldTo(label: string): Promise<void> {
    await this.open();
    await eventually(`the case ${label} is in sight`, async (timeout) => {
      const folded = this.window.page.locator('.test-explorer .monaco-list-row[aria-expanded="false"]');
      if ((await folded.count()) > 0) await folded.first().locator('.monaco-tl-twistie').click({ timeout });
      return (await this.row(label).count()) > 0 && (await folded.count()) === 0;
    });
  }

  /** Waits until a case has that state. */
  async state(label: string, state: RegExp): Promise<string> {
    let said = '';
    return eventually(`${label} is ${state}`, async () => {
      said = (await this.row(label).first().getAttribute('aria-label', { timeout: 2000 })) ?? '';
      return state.test(said) ? said : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it says: ${said}`);
    }) as Promise<string>;
  }

  /** Runs, or does else with, one row by the button that it shows. */
  async press(label: string, button: string): Promise<void> {
    await eventually(`"${button}" of ${label}`, async (timeout) => {
      const row = this.row(label).first();
      await row.hover({ timeout });
      await row.locator(`.action-label[aria-label^="${button}"]`).first().click({ timeout });
      return true;
    });
  }

  /** Chooses an entry of a row's context menu until `done` is. */
  async menu(label: string, entry: string, done: (timeout: number) => Promise<unknown>): Promise<void> {
    await eventually(`"${entry}" in the menu of ${label}`, async (timeout) => {
      await this.window.page.keyboard.press('Escape');
      await this.row(label).first().click({ button: 'right', timeout });
      // A menu takes no click in its first moments; what is hovered is what Enter chooses.
      const item = this.window.page.locator('.monaco-menu .action-item', { hasText: entry }).first();
      await item.hover({ timeout });
      await this.window.page.keyboard.press('Enter');
      await done(Math.max(5000, timeout));
      return true;
    });
  }

  /** The text of the Test Results view, its terminal included. */
  async resultsSay(...parts: (string | RegExp)[]): Promise<string> {
    let text = '';
    return eventually(`the test results say ${parts.join(', ')}`, async () => {
      text = (await this.window.page.locator('.test-output-peek, .test-output-peek-message-container').allInnerTexts())
        .join('\n')
        .replaceAll('\u00a0', ' ');
      // The terminal breaks long lines anywhere.
      text += `\n${text.replaceAll('\n', '')}`;
      return parts.every((part) => (typeof part === 'string' ? text.includes(part) : part.test(text))) ? text : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; they say:\n${text}`);
    }) as Promise<string>;
  }

  /** Shows the message of a case in the Test Results view. */
  async showMessage(label: string): Promise<void> {
    await eventually(`the message of ${label}`, async (timeout) => {
      const row = this.window.page.locator('.test-output-peek-tree .monaco-list-row').filter({ hasText: label });
      await row.first().click({ timeout });
      return true;
    });
  }

  /** Both sides of the comparison in the Test Results view, once it is there. */
  async comparison(): Promise<string[]> {
    const sides = this.window.page.locator('.test-output-peek-message-container .monaco-diff-editor .view-lines');
    return (await eventually('a comparison', async () => {
      const texts = await sides.allInnerTexts();
      return texts.length >= 2 && texts.every((text) => text.trim() !== '') ? texts : undefined;
    }) as string[]).map((text) => text.replaceAll('\u00a0', ' '));
  }

  /** The messages of a case that has several, as the tree of the Test Results view lists them. */
  async messages(label: string): Promise<string[]> {
    const rows = this.window.page.locator('.test-output-peek-tree .monaco-list-row');
    const own = rows.filter({ hasText: label }).first();
    return eventually(`the messages of ${label}`, async () => {
      if ((await own.getAttribute('aria-expanded', { timeout: 2000 })) === 'false') {
        await own.click({ timeout: 2000 });
        await this.window.page.keyboard.press('ArrowRight');
      }
      const all = await rows.evaluateAll((found) =>
        found.map((row) => [Number(row.getAttribute('aria-level')), row.querySelector('.label')?.textContent ?? ''] as const),
      );
      const index = all.findIndex(([, text]) => text.includes(label));
      const level = all[index]?.[0] ?? 0;
      const rest = all.slice(index + 1);
      const end = rest.findIndex(([deep]) => deep <= level);
      const messages = rest.slice(0, end === -1 ? undefined : end).map(([, text]) => text);
      return messages.length > 0 ? messages : undefined;
    }) as Promise<string[]>;
  }

  async allAre(states: Readonly<Record<string, RegExp>>): Promise<void> {
    for (const [label, state] of Object.entries(states)) {
      assert.match(await this.state(label, state), state);
    }
  }
}
