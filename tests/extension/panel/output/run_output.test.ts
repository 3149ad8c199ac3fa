import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OutputWords } from '../../../../extension/src/output/words';
import type { DisplayItem } from '../../../../extension/src/runs/display';
import { newRun, type RunViewModel, reduce } from '../../../../extension/src/runs/view_model';
import { eventually, THEMES, WebviewBundle, type WebviewPage } from '../webview_page';
import { words } from './words';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SOURCE = `
  import './output/run_output';
  const output = document.createElement('run-output');
  document.getElementById('run').append(output);
  output.addEventListener('page-request', (event) => sendToTest(event.detail));
  window.addEventListener('message', ({ data }) => Object.assign(output, data));
`;

const fresh = newRun({ runId: 'r', tag: 'story_stream', project: 'hello', kind: 'stream' });
let bundle: WebviewBundle;
let page: WebviewPage;

beforeAll(async () => {
  bundle = await WebviewBundle.of({ source: SOURCE });
});
afterAll(() => bundle.close());
afterEach(() => page.close());

async function show(...items: DisplayItem[]): Promise<void> {
  const run: RunViewModel = reduce(fresh, { type: 'output', seq: 0, items });
  await page.post({ run, words: words satisfies OutputWords });
}

const text = (value: string): DisplayItem => ({ kind: 'text', text: value });

describe('the output', () => {
  it('renders Markdown, and shows it as it came in the raw view', async () => {
    page = await bundle.open();
    await show(text('# Title\n\nSome *words*'));
    const log = page.page.getByRole('log');
    await eventually(() => log.locator('h1').innerText()).toBe('Title');
    expect(await log.locator('em').innerText()).toBe('words');
    await page.page.getByRole('tab', { name: 'Raw' }).click();
    await eventually(() => log.innerText()).toBe('# Title\n\nSome *words*');
  });

  it.each(THEMES)('can be used by everyone in the theme %s', async (theme) => {
    page = await bundle.open(theme);
    await show(text('# Title\n\nSome `code` and [a link](https://example.invalid)\n'));
    await page.page.getByRole('log').locator('h1').waitFor();
    expect(await page.axe()).toEqual([]);
    expect(page.blocked).toEqual([]);
    expect(page.errors).toEqual([]);
    await page.screenshot(`output-text-${theme}`);
  });
});
