/** The page of an entrypoint as a person uses it: its form is filled in and sent, what it shows is read. */

import type { Frame, Locator } from 'playwright-core';
import { eventually } from './waiting.mts';
import type { Workbench } from './workbench.mts';

/** What is filled in, by the names of the parameters; other fields stay as they are. */
export type Filling = Readonly<Record<string, unknown>>;

/** The page of the entrypoint, once its form is there. */
export function formOf({ page }: Workbench, tag: string, limitMs?: number): Promise<Frame> {
  return eventually(`the form of ${tag}`, async () => {
    for (const frame of runPages(page.frames())) {
      const heading = frame.locator('run-page h1').filter({ hasText: new RegExp(`^${tag}$`) });
      if ((await heading.count()) === 0 || !(await isShown(frame))) continue;
      if (await frame.locator('run-form').isVisible()) return frame;
    }
    return undefined;
  }, limitMs) as Promise<Frame>;
}

/** Fills in fields of the form; the page is answered. */
export async function fillForm(window: Workbench, tag: string, filling: Filling): Promise<Frame> {
  const frame = await formOf(window, tag);
  await showTab(frame, 'Form');
  for (const [name, value] of Object.entries(filling)) await fillField(frame, name, value);
  return frame;
}

async function fillField(frame: Frame, name: string, value: unknown): Promise<void> {
  const control = frame.getByLabel(name, { exact: true }).first();
  if (typeof value === 'boolean') await control.setChecked(value);
  else if ((await control.evaluate(({ localName }) => localName)) === 'select') await control.selectOption(String(value));
  else await control.fill(String(value));
}

/** Writes the inputs as JSON, whatever the form would allow; the page is answered. */
export async function fillJson(window: Workbench, tag: string, inputs: unknown): Promise<Frame> {
  const frame = await formOf(window, tag);
  await showTab(frame, 'JSON');
  await frame.locator('run-form json-editor textarea').fill(JSON.stringify(inputs));
  return frame;
}

/** Shows the inputs as a form or as JSON. There is one alone where nothing is asked for or no form is possible. */
export async function showTab(frame: Frame, name: 'Form' | 'JSON'): Promise<void> {
  const tab = frame.locator('run-form').getByRole('tab', { name, exact: true });
  if ((await tab.count()) > 0 && (await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
}

/** Fills in the form and starts the run by its button. */
export async function sendForm(window: Workbench, tag: string, filling: Filling): Promise<void> {
  await startRun(await fillForm(window, tag, filling));
}

/** Starts a run by its button, and waits until the page shows it: what it then says is not of the run before. */
export async function startRun(frame: Frame): Promise<void> {
  const before = await shownRun(frame);
  await startButton(frame).click();
  await eventually('the page shows the run', async () => (await shownRun(frame)) !== before);
}

/** Which run the page shows. */
export function shownRun(frame: Frame): Promise<string | undefined> {
  return frame.locator('run-page').evaluate((page) => (page as RunPage).content?.run?.model.runId);
}

/** The part of our page that says which run is shown. */
type RunPage = Element & { readonly content?: { readonly run?: { readonly model: { readonly runId: string } } | null } };

/** The button that starts the run, again too. */
export function startButton(frame: Frame): Locator {
  return frame.getByRole('button', { name: /^(Run|Stream|Debug)$/ });
}

/** The frames that hold pages of runs. VS Code's other frames, such as the extension host's, never answer. */
function runPages(frames: readonly Frame[]): Frame[] {
  return frames.filter((frame) => !frame.isDetached() && frame.url().includes('/webview/'));
}

async function isShown(frame: Frame): Promise<boolean> {
  return (await frame.frameElement()).isVisible();
}

/** The page of a run that is visible. */
export function runPage({ page }: Workbench): Promise<Frame> {
  return eventually('the page of a run', async () => {
    for (const frame of runPages(page.frames())) {
      if ((await frame.locator('run-page h1').count()) > 0 && (await isShown(frame))) return frame;
    }
    return undefined;
  }) as Promise<Frame>;
}

/** What the page shows as text, a line for each block; what is folded or hidden is left out. */
export function shownText(frame: Frame): Promise<string> {
  return frame.locator('#run').evaluate(textOf);
}

/** Runs in the page. The text of an element and of all components in it, as far as it is shown. */
function textOf(root: Element): string {
  const childrenOf = (element: Element): Iterable<Node> => {
    if (element instanceof HTMLSlotElement && element.assignedNodes().length > 0) return element.assignedNodes();
    return (element.shadowRoot ?? element).childNodes;
  };
  const textOfNode = (node: Node, keepsSpace: boolean): string => {
    if (node instanceof Text) return keepsSpace ? node.data : node.data.replace(/\s+/g, ' ');
    return node instanceof Element ? textOfElement(node) : '';
  };
  const textOfElement = (element: Element): string => {
    const { display, whiteSpace } = getComputedStyle(element);
    // What has no box of its own, such as a slot, is as visible as what it holds.
    if (display !== 'contents' && !element.checkVisibility({ visibilityProperty: true })) return '';
    const keepsSpace = /^(pre|break)/.test(whiteSpace);
    const text = [...childrenOf(element)].map((child) => textOfNode(child, keepsSpace)).join('');
    // What is `inline-block`, such as a button, stands for itself.
    return /^(inline|contents)$/.test(display) ? text : `\n${text}\n`;
  };
  const lines = textOfElement(root).split('\n').map((line) => line.trim());
  return lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n');
}
