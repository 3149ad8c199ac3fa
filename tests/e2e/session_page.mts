/** The page of a session of the agent runtime as a person uses it. */

import type { Frame } from 'playwright-core';
import { eventually } from './waiting.mts';
import type { Workbench } from './workbench.mts';

/** The page of a session that is visible, once it says all of `parts`; its text goes with it. */
export async function sessionPage({ page }: Workbench, ...parts: (string | RegExp)[]): Promise<Frame> {
  let text = '';
  return eventually(`the page of a session says ${parts.join(', ')}`, async () => {
    for (const frame of page.frames()) {
      if (frame.isDetached() || !frame.url().includes('/webview/')) continue;
      const shown = frame.locator('session-page');
      if ((await shown.count()) === 0 || !(await (await frame.frameElement()).isVisible())) continue;
      text = await shown.evaluate(textOf);
      if (parts.every((part) => (typeof part === 'string' ? text.includes(part) : part.test(text)))) return frame;
    }
    return undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it says:\n${text}`);
  }) as Promise<Frame>;
}

/** Runs in the page: all text in an element, also in the components in it. */
function textOf(root: Element): string {
  const textIn = (node: Node): string => {
    if (node instanceof Text) return node.data;
    if (!(node instanceof Element) || node.localName === 'style') return '';
    const inside = [...(node.shadowRoot ?? node).childNodes].map(textIn).join('');
    return /^(span|code|text)$/.test(node.localName) ? inside : `\n${inside}\n`;
  };
  return textIn(root).replace(/[ \t]+/g, ' ').replace(/(\s*\n\s*)+/g, '\n');
}
