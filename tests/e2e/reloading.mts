/** The window as it is after it was opened anew. */

import { eventually } from './waiting.mts';
import type { Workbench } from './workbench.mts';

/** Opens the window anew. Unlike the browser's own reload this waits until everything is kept.
 *
 * The old window goes on for a while after it was asked to go: what is looked for before it is gone may be found in it. */
export async function reload(window: Workbench): Promise<void> {
  const { page } = window;
  await page.evaluate(() => Object.assign(globalThis, { isOldWindow: true }));
  await window.command('Developer: Reload Window');
  await eventually('the window is another one', () => page.evaluate(() => !('isOldWindow' in globalThis)));
  await page.locator('.monaco-workbench .statusbar-item').first().waitFor();
}
