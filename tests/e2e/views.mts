/** The views of the activity bar's container as a person uses them: rows are read, buttons and menus pressed. */

import path from 'node:path';
import type { Locator } from 'playwright-core';
import { findPython } from '../../scripts/setup.mjs';
import { run } from '../../scripts/steps.mjs';
import { eventually } from './waiting.mts';
import type { Workbench } from './workbench.mts';

export type View = 'Agents' | 'Runs';

/** How long a press of what can be seen may take to come through. */
const PRESS_MS = 30_000;

/** Opens the container by its icon. */
export async function showViews({ page }: Workbench): Promise<void> {
  const icon = page.locator('.activitybar .action-item').filter({ has: page.locator('[aria-label^="RunAgent"]') });
  await eventually('the container is open', async (timeout) => {
    if (await pane(page.locator('body'), 'Runs').isVisible()) return true;
    await icon.first().click({ timeout });
    // Another press would put it away again.
    await pane(page.locator('body'), 'Runs').waitFor({ timeout });
    return true;
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

/** The row that stands at this place among `found`, from the top: a list reuses elements, and their order in the page is another. */
export async function rowAt(window: Workbench, found: Locator, place: number): Promise<Locator> {
  return eventually(`${place + 1} rows`, async () => {
    const indices = await found.evaluateAll((elements) => elements.map((it) => Number(it.getAttribute('data-index'))));
    const index = indices.sort((one, other) => one - other)[place];
    return index === undefined ? undefined : found.and(window.page.locator(`[data-index="${index}"]`));
  }) as Promise<Locator>;
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
  await eventually(`"${name}" can be pressed`, async (timeout) => {
    const button = row.first().locator(`.actions .action-label[aria-label^="${name}"]`);
    await row.first().hover({ timeout });
    await button.waitFor({ timeout });
    // A press that is given up while it comes through makes the row another one, in which the button is looked for in vain.
    await button.click({ timeout: Math.max(PRESS_MS, timeout) });
    return true;
  });
}

/** The words of a row's menu; the menu is open afterwards. */
export async function menuOf(window: Workbench, row: Locator): Promise<string[]> {
  const items = window.page.locator('.monaco-menu .action-item:not(.disabled) .action-label:not(.separator)');
  return eventually('a menu', async (timeout) => {
    // Without a menu the key would end the selection.
    if (await window.page.locator('.monaco-menu').first().isVisible()) await window.page.keyboard.press('Escape');
    await row.first().click({ button: 'right', timeout });
    await items.first().waitFor({ timeout });
    return await items.allInnerTexts();
  }) as Promise<string[]>;
}

/** Chooses from a row's menu. */
export async function chooseInMenu(window: Workbench, row: Locator, item: string): Promise<void> {
  await eventually(`"${item}" can be chosen`, async (timeout) => {
    await menuOf(window, row);
    const label = window.page.locator('.monaco-menu .action-label').getByText(item, { exact: true });
    await label.waitFor({ timeout });
    // A press that follows the opening too soon is not taken.
    return eventually('it is taken', async () => {
      if (!(await label.isVisible())) return true;
      await label.click({ timeout: 1000 });
      return false;
    }, timeout);
  });
}

/** Presses a button of a view's title. */
export async function pressInTitle(window: Workbench, view: View, name: string): Promise<void> {
  const header = viewOf(window, view).locator('.pane-header');
  await eventually(`"${name}" of ${view} can be pressed`, async (timeout) => {
    const button = header.locator(`.action-label[aria-label^="${name}"]`);
    await header.hover({ timeout });
    await button.waitFor({ timeout });
    await button.click({ timeout: Math.max(PRESS_MS, timeout) });
    return true;
  });
}

/** Opens a row that can be opened; waits until it is. */
export async function expand(row: Locator): Promise<void> {
  const isOpen = async (timeout: number) => (await row.first().getAttribute('aria-expanded', { timeout })) === 'true';
  await eventually('the row is open', async (timeout) => {
    if (await isOpen(timeout)) return true;
    await row.first().locator('.monaco-tl-twistie').click({ timeout });
    // Another press would close it again.
    return eventually('it opens', () => isOpen(timeout), timeout);
  });
}

/** Puts runs of `folder` into the window's history, as the command line would. */
export function seed(window: Workbench, folder: string, count: number): void {
  const script = path.join(import.meta.dirname, 'seed_history.py');
  run(findPython(), [script, path.join(window.dataDir, 'history.db'), folder, String(count)]);
}

/** The same picture in dark, light and high contrast. */
export async function screenshots(window: Workbench, name: string): Promise<void> {
  const themes = { dark: ['Dark Modern', 'vs-dark'], hc: ['High Contrast', 'hc-black'], light: ['Light Modern', 'vs'] };
  for (const [short, [theme = '', mark = '']] of Object.entries(themes)) {
    window.useSettings({ 'workbench.colorTheme': `Default ${theme}` });
    await window.page.locator(`.monaco-workbench.${mark}`).waitFor();
    await window.screenshot(`${name}-${short}`);
  }
}
