/** The views of the activity bar's container as a person uses them: rows are read, buttons and menus pressed. */

import path from 'node:path';
import type { Locator } from 'playwright-core';
import { findPython } from '../../scripts/setup.mjs';
import { run } from '../../scripts/steps.mjs';
import { eventually } from './waiting.mts';
import type { Workbench } from './workbench.mts';

export type View = 'Agents' | 'Runs';

/** Opens the container by its icon. */
export async function showViews({ page }: Workbench): Promise<void> {
  const icon = page.locator('.activitybar .action-item').filter({ has: page.locator('[aria-label^="RunAgent"]') });
  await eventually('the container is open', async () => {
    if (await pane(page.locator('body'), 'Runs').isVisible()) return true;
    await icon.first().click({ timeout: 2000 });
    return false;
  });
}

function pane(body: Locator, view: View): Locator {
  return body.locator('.pane').filter({ has: body.page().locator(`.pane-header .title:text-is("${view}")`) });
}

/** The part of the window that a view takes. */
export function viewOf({ page }: Workbench, view: View): Locator {
  return pane(page.locator('body'), view);
}

/** The visible rows of a view that hold all of `parts`. */
export function rows(window: Workbench, view: View, ...parts: (string | RegExp)[]): Locator {
  const all = viewOf(window, view).locator('.monaco-list-row');
  return parts.reduce<Locator>((found, part) => found.filter({ hasText: part }), all);
}

/** The texts of the visible rows of a view, once they are as wanted. */
export async function rowsAre(
  window: Workbench,
  view: View,
  what: string,
  isSo: (texts: string[]) => boolean,
  limitMs?: number,
): Promise<string[]> {
  let texts: string[] = [];
  return eventually(`the view ${view}: ${what}`, async () => {
    texts = await viewOf(window, view).locator('.monaco-list-row').allInnerTexts();
    return isSo(texts) ? texts : undefined;
  }, limitMs).catch((error: Error) => {
    throw new Error(`${error.message}; its rows:\n${texts.join('\n')}`);
  }) as Promise<string[]>;
}

/** What a view says above its rows or instead of them. */
export async function viewSays(window: Workbench, view: View, ...parts: (string | RegExp)[]): Promise<string> {
  let text = '';
  return eventually(`the view ${view} says ${parts.join(', ')}`, async () => {
    text = (await viewOf(window, view).innerText()).replaceAll('\u00a0', ' ');
    return parts.every((part) => (typeof part === 'string' ? text.includes(part) : part.test(text))) ? text : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it says:\n${text}`);
  }) as Promise<string>;
}

/** Presses a button that stands in a row while the mouse is over it. Rows are redrawn at any time, so it tries again. */
export async function pressInRow(row: Locator, name: string): Promise<void> {
  await eventually(`"${name}" can be pressed`, async () => {
    await row.first().hover({ timeout: 2000 });
    await row.first().locator(`.actions .action-label[aria-label^="${name}"]`).click({ timeout: 2000 });
    return true;
  });
}

/** The words of a row's menu; the menu is open afterwards. */
export async function menuOf(window: Workbench, row: Locator): Promise<string[]> {
  const items = window.page.locator('.monaco-menu .action-item:not(.disabled) .action-label:not(.separator)');
  return eventually('a menu', async () => {
    // Without a menu the key would end the selection.
    if (await window.page.locator('.monaco-menu').first().isVisible()) await window.page.keyboard.press('Escape');
    await row.first().click({ button: 'right', timeout: 2000 });
    await items.first().waitFor({ timeout: 2000 });
    return await items.allInnerTexts();
  }) as Promise<string[]>;
}

/** Chooses from a row's menu. */
export async function chooseInMenu(window: Workbench, row: Locator, item: string): Promise<void> {
  await eventually(`"${item}" can be chosen`, async () => {
    await menuOf(window, row);
    const label = window.page.locator('.monaco-menu .action-label').getByText(item, { exact: true });
    await label.click({ timeout: 2000 });
    // A press that follows the opening too soon is not taken.
    const isTaken = await label.waitFor({ state: 'hidden', timeout: 1000 }).then(() => true, () => false);
    if (!isTaken) await label.click({ timeout: 1000 }).catch(() => undefined);
    return true;
  });
}

/** Presses a button of a view's title. */
export async function pressInTitle(window: Workbench, view: View, name: string): Promise<void> {
  const header = viewOf(window, view).locator('.pane-header');
  await eventually(`"${name}" of ${view} can be pressed`, async () => {
    await header.hover({ timeout: 2000 });
    await header.locator(`.action-label[aria-label^="${name}"]`).click({ timeout: 2000 });
    return true;
  });
}

/** Opens a row that can be opened; waits until it is. */
export async function expand(row: Locator): Promise<void> {
  await eventually('the row is open', async () => {
    if ((await row.first().getAttribute('aria-expanded', { timeout: 2000 })) === 'true') return true;
    await row.first().locator('.monaco-tl-twistie').click({ timeout: 2000 });
    return false;
  });
}

/** Puts runs of `folder` into the window's history, as the command line would. */
export function seed(window: Workbench, folder: string, count: number): void {
  const script = path.join(import.meta.dirname, 'seed_history.py');
  run(findPython(), [script, path.join(window.dataDir, 'history.db'), folder, String(count)]);
}

/** The same picture in dark, light and high contrast. */
export async function screenshots(window: Workbench, name: string): Promise<void> {
  const themes = { dark: ['Dark Modern', 'vs-dark'], hc: ['Dark High Contrast', 'hc-black'], light: ['Light Modern', 'vs'] };
  for (const [short, [theme = '', mark = '']] of Object.entries(themes)) {
    await window.chooseAfter('Preferences: Color Theme', 'Select Color Theme', theme);
    await window.page.locator(`.monaco-workbench.${mark}`).waitFor();
    await window.screenshot(`${name}-${short}`);
  }
}
