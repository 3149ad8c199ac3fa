import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutputEvent } from '../../../../extension/src/output/feed';
import type { OutputRequest } from '../../../../extension/src/output/messages';
import { OutputStore } from '../../../../extension/src/output/output_store';
import { outputWords } from '../../../../extension/src/panel/output_words';
import { newRun, type RunViewModel } from '../../../../extension/src/runs/view_model';
import type { OutputItem } from '../../../../extension/src/server/protocol.generated';
import { eventually, THEMES, type Theme, WebviewBundle, type WebviewPage } from '../webview_page';
import { answerRequests } from './answering';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

/** The page of a run without what is around its output. */
const SOURCE = `
  import { OutputFeed } from '../../output/feed';
  import './output/run_output';
  const feed = new OutputFeed((request) => sendToTest(request));
  const output = document.createElement('run-output');
  const heading = document.createElement('h1');
  heading.textContent = 'story_stream';
  document.getElementById('run').append(heading, output);
  window.addEventListener('message', ({ data }) => {
    if (data.words) Object.assign(output, data, { feed });
    else if (data.start) feed.show(data.runId, data.start);
    else if (data.event) feed.apply(data.event);
    else if (data.answer) feed.received(data.answer);
  });
`;

const words = outputWords();
const fresh = newRun({ runId: 'r', kind: 'stream' });
const running: RunViewModel = { ...fresh, phase: 'running' };

let bundle: WebviewBundle;
let view: WebviewPage;
let store: OutputStore;
let seq: number;

beforeAll(async () => {
  bundle = await WebviewBundle.of({ source: SOURCE });
});
afterAll(() => bundle.close());
beforeEach(() => {
  store = new OutputStore();
  seq = 0;
});
afterEach(() => view.close());

/** The page, and the extension behind it, which answers as the real one does. */
async function open(run: RunViewModel = running, theme: Theme = 'dark', width = 700): Promise<void> {
  view = await bundle.open(theme);
  await view.page.setViewportSize({ width, height: 600 });
  answerRequests(view, () => store);
  await view.post({ words, run });
  await view.post({ start: { end: store.end, silentMs: 0 }, runId: 'r' });
}

const happen = (event: OutputEvent) => view.post({ event });

async function come(...items: readonly Omit<OutputItem, 'index' | 'atMs'>[]): Promise<void> {
  const given = items.map((item, at) => ({ index: 0, atMs: (store.end + at + 1) * 10, ...item }));
  await happen({ type: 'output', seq, items: store.add(given) });
  seq += 1;
}

const text = (...texts: readonly string[]) => texts.map((piece) => ({ type: 'text', text: piece }) as const);
const value = (content: unknown) => ({ type: 'value', value: content }) as const;
const log = () => view.page.getByRole('log');
const tab = (name: string) => view.page.getByRole('tab', { name });
const button = (name: string) => view.page.getByRole('button', { name, exact: true });
const requests = () => view.sent as OutputRequest[];
const drawn = () => requests().flatMap((request) => (request.type === 'drawn' ? [request.seq] : []));
const metrics = () => view.page.locator('run-output-metrics').locator('span').allInnerTexts().then(String);
const scrollTop = (role: 'log') => view.page.getByRole(role).evaluate((node) => node.scrollTop);
/** How far the text is scrolled by itself while some frames are drawn: a wheel moves it step by step. */
const scrolledInFrames = () =>
  log().evaluate(async (node) => {
    const before = node.scrollTop;
    for (let frame = 0; frame < 10; frame += 1)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return node.scrollTop - before;
  });
const toEnd = (role: 'log') =>
  view.page.getByRole(role).evaluate((node) => node.scrollHeight - node.clientHeight - node.scrollTop);

describe('text', () => {
  it('is rendered as Markdown from the first chunk on, and each batch is told once it is drawn', async () => {
    await open();
    await come(...text('# Ti', 'tle\n\nSome *wor'));
    await eventually(() => log().locator('h1').innerText()).toBe('Title');
    await eventually(drawn).toEqual([0]);
    await come(...text('ds*\n\n- one\n- two\n\nThe end'));
    await eventually(() => log().locator('em').innerText()).toBe('words');
    expect(await log().locator('li').allInnerTexts()).toEqual(['one', 'two']);
    await eventually(drawn).toEqual([0, 1]);
  });

  it('keeps the lines and spaces of a text that is no Markdown', async () => {
    await open();
    await come(...text('first line\nsecond   line\n<b>third</b>\n'));
    await eventually(() => log().innerText()).toContain('first line\nsecond   line\n<b>third</b>');
  });

  it('does not draw settled blocks again', async () => {
    await open();
    await come(...text('# Title\n\nText\n\nMore\n\n'));
    const title = log().locator('h1');
    await title.waitFor();
    await title.evaluate((node) => node.setAttribute('data-seen', ''));
    await come(...text('and more\n\nand more\n\n'));
    await eventually(drawn).toContain(1);
    expect(await log().locator('h1[data-seen]').count()).toBe(1);
  });

  it('lets nothing of an agent load, run or look like ours', async () => {
    const loaded: string[] = [];
    await open();
    view.page.on('request', (request) => loaded.push(request.url()));
    await come(
      ...text(
        [
          '<script>document.title="x"</script><img src="http://evil.invalid/a" onerror="document.title=1">',
          '![image](http://evil.invalid/b.png) [js](javascript:document.title=1) [cmd](command:workbench.x)',
          '[data](data:text/html,x) [file](file:///etc/passwd) <http://evil.invalid/auto>',
          '<style>*{display:none}</style><a href="command:x" style="position:fixed">x</a>',
          '| a |\n|:-:|\n| b |',
        ].join('\n\n'),
      ),
    );
    await eventually(drawn).toEqual([0]);
    const links = await log()
      .locator('a')
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('href')));
    expect(links.sort()).toEqual(['http://evil.invalid/auto', 'http://evil.invalid/b.png']);
    expect(
      await log()
        .locator('.segment :is(script, style, img, iframe, form, input, [style], [onerror])')
        .count(),
    ).toBe(0);
    expect(await view.page.title()).toBe('greet');
    expect(loaded.filter((url) => !url.startsWith('http://run-page.invalid/'))).toEqual([]);
    expect(view.blocked).toEqual([]);
  });

  it('opens a link through the extension and nowhere else', async () => {
    await open();
    await come(...text('See [the page](https://example.invalid/a?b=1)'));
    await log().getByRole('link', { name: 'the page' }).click();
    await eventually(requests).toContainEqual({ type: 'openLink', url: 'https://example.invalid/a?b=1' });
    expect(view.page.url()).toBe('http://run-page.invalid/');
  });

  it('copies a block of code', async () => {
    await open();
    await come(...text('```python\nprint("hi")\n```\n\nand so on\n'));
    await button('Copy Code').click();
    await eventually(requests).toContainEqual({ type: 'copyText', text: 'print("hi")\n' });
  });

  it('shows values with line breaks and what is unknown with a note', async () => {
    await open();
    await come(value({ a: [1] }), { type: 'unknown-frame', text: '{"odd":true}' });
    await eventually(() => log().innerText()).toContain('{\n  "a": [\n    1\n  ]\n}');
    await eventually(() => log().innerText()).toContain('Message of unknown kind\n\n{"odd":true}');
  });

  it('says when a piece is only a beginning, with the way to all of it', async () => {
    await open();
    await come({ type: 'text', text: 'head', truncatedFrom: 10_000_000 });
    const note = log().locator('.note');
    await eventually(() => note.innerText()).toBe(
      'Only the first 4 of 10,000,000 characters are shown. Open as Document',
    );
    await note.getByRole('button').click();
    await eventually(requests).toContainEqual({ type: 'output', runId: 'r', action: 'open' });
  });
});

describe('much output', () => {
  const lines = (count: number, from = 0) =>
    text(...Array.from({ length: count }, (_, index) => `line ${from + index} of the output\n\n`));

  it('is drawn only where it is seen', async () => {
    await open();
    await come(...lines(20_000));
    await eventually(() => log().innerText()).toContain('line 19999 of');
    const count = await log().evaluate((node) => node.querySelectorAll('*').length);
    expect(count).toBeLessThan(500);
    await log().evaluate((node) => node.scrollTo(0, node.scrollHeight / 2));
    await eventually(() => log().innerText()).toMatch(/line (9|10)\d\d\d of/);
  });

  it('is followed until the reader scrolls away, and again on demand', async () => {
    await open();
    await come(...lines(500));
    await eventually(() => toEnd('log')).toBeLessThan(2);
    await log().hover();
    await view.page.mouse.wheel(0, -500);
    await button('Jump to End').waitFor();
    await eventually(scrolledInFrames).toBe(0);
    const before = await scrollTop('log');
    const seen = await log().innerText();
    await come(...lines(500, 500));
    await eventually(drawn).toEqual([0, 1]);
    expect(Math.abs((await scrollTop('log')) - before)).toBeLessThan(2);
    expect(await log().innerText()).toBe(seen);
    await button('Jump to End').click();
    await eventually(() => toEnd('log')).toBeLessThan(2);
    await come(...lines(5, 1_000));
    await eventually(() => log().innerText()).toContain('line 1004 of');
    expect(await button('Jump to End').isHidden()).toBe(true);
  });

  it('of a call is read from its beginning', async () => {
    await open({ ...running, kind: 'run' });
    const words = lines(500)
      .map((line) => line.text)
      .join('');
    await happen({ type: 'finished', value: store.addValue(words, 5) });
    await eventually(() => log().innerText()).toContain('line 0 of');
    expect(await scrollTop('log')).toBe(0);
    await button('Jump to End').click();
    await eventually(() => log().innerText()).toContain('line 499 of');
  });

  it('is all there when the page is made anew while the run goes on', async () => {
    store.add(
      Array.from({ length: 5_000 }, (_, index) => ({ index, atMs: index, type: 'text', text: `${index} ` })),
    );
    await open();
    await come(...text('the newest'));
    await eventually(() => log().innerText()).toContain('4999 the newest');
    await eventually(metrics).toContain('5,001 chunks');
    await eventually(drawn).toEqual([0]);
  });

  it('fetches what the page no longer keeps when it is scrolled to', async () => {
    await open({ ...running, phase: 'completed' });
    const big = `${'word '.repeat(2_000)}\n\n`;
    for (let batch = 0; batch < 20; batch += 1) await come(...text(...Array(100).fill(`${batch} ${big}`)));
    await eventually(metrics).toContain('2,000 chunks');
    await tab('Raw').click();
    await log().evaluate((node) => node.scrollTo(0, 1));
    await log().evaluate((node) => node.scrollTo(0, 0));
    await eventually(() => log().innerText()).toMatch(/^0 word word/);
    expect(requests().map(({ type }) => type)).toContain('chunks');
  });

  it('says what nobody keeps any more', async () => {
    store = new OutputStore(50_000);
    store.add(lines(4_000).map((item, index) => ({ ...item, index, atMs: index })));
    await open({ ...running, phase: 'completed' });
    await eventually(metrics).toContain('4,000 chunks');
    await log().evaluate((node) => node.scrollTo(0, 0));
    await eventually(() => log().innerText()).toMatch(/\d+ chunks are no longer kept\./);
  });
});

describe('events', () => {
  const grid = () => view.page.getByRole('treegrid');
  const rows = () => grid().getByRole('row');

  it('have a row each, with time, gap, size and value', async () => {
    await open();
    await come(...text('Hi\n'), value({ a: 1 }));
    await tab('Events').click();
    await eventually(() => rows().allInnerTexts()).toEqual([
      'No.\nTime\nGap\nSize\nValue',
      '1\n10 ms\n10 ms\n3 B\nHi\\n',
      '2\n20 ms\n10 ms\n7 B\n{"a":1}',
    ]);
  });

  it('are opened, walked and copied by keyboard', async () => {
    await open();
    await come(
      value({ a: { b: 1 } }),
      ...text(...Array.from({ length: 300 }, (_, index) => `piece ${index}`)),
    );
    await tab('Events').click();
    await grid().focus();
    await view.page.keyboard.press('Home');
    await view.page.keyboard.press('Enter');
    await eventually(() => grid().locator('.opened pre').innerText()).toBe('{\n  "a": {\n    "b": 1\n  }\n}');
    expect(await grid().getByRole('row', { expanded: true }).count()).toBe(1);
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Control+c');
    await eventually(requests).toContainEqual({ type: 'copyText', text: 'piece 0' });
    await view.page.keyboard.press('End');
    await eventually(() => grid().getByRole('row', { selected: true }).innerText()).toContain('piece 299');
    const active = await grid().getAttribute('aria-activedescendant');
    expect(await view.page.locator(`#${active}`).innerText()).toContain('piece 299');
    await view.page.keyboard.press('Home');
    await view.page.keyboard.press(' ');
    await eventually(() => grid().locator('.opened').count()).toBe(0);
  });

  it('of a long run are drawn only where they are seen', async () => {
    await open();
    await come(...text(...Array.from({ length: 20_000 }, (_, index) => `piece ${index}`)));
    await tab('Events').click();
    await eventually(() => rows().last().innerText()).toContain('piece 19999');
    expect(await rows().count()).toBeLessThan(100);
    expect(await grid().getAttribute('aria-rowcount')).toBe('20001');
  });
});

describe('JSON', () => {
  const tree = () => view.page.getByRole('tree');
  const nodes = () => tree().getByRole('treeitem');

  it('is a tree that opens by itself when there is one value', async () => {
    await open({ ...running, kind: 'run' });
    await happen({
      type: 'finished',
      value: store.addValue({ name: 'Ada', tags: ['x', null], more: {} }, 5),
    });
    await tab('JSON').click();
    await eventually(async () => (await nodes().allTextContents()).map((row) => row.trim())).toEqual([
      '{3}',
      'name: "Ada"',
      'tags: [2]',
      '0: "x"',
      '1: null',
      'more: {}',
    ]);
  });

  it('is walked, opened, closed and copied by keyboard', async () => {
    await open();
    await come(value({ a: [{ b: 1 }] }), value([true]), ...text('no JSON'));
    await tab('JSON').click();
    await tree().focus();
    const active = async () => (await tree().getByRole('treeitem', { selected: true }).textContent())?.trim();
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight']) {
      await view.page.keyboard.press(key);
    }
    await eventually(active).toBe('0: {b: 1}');
    await view.page.keyboard.press('Control+c');
    await eventually(requests).toContainEqual({ type: 'copyText', text: '{\n  "b": 1\n}' });
    await view.page.keyboard.press('Control+Shift+c');
    await eventually(requests).toContainEqual({ type: 'copyText', text: 'a[0]' });
    await view.page.keyboard.press('ArrowLeft');
    await eventually(active).toBe('a: [1]');
    await view.page.keyboard.press('ArrowLeft');
    await eventually(() => nodes().count()).toBe(3);
    await view.page.keyboard.press('End');
    await eventually(active).toBe('#2: [true]');
  });

  it('that came in pieces of text is a tree once the run is over', async () => {
    await open();
    await come(...text('```json\n{"na', 'me": "A', 'da"}\n```'));
    await tab('JSON').click();
    await view.page.getByText('There is no JSON in this output.').waitFor();
    await view.post({ words, run: { ...running, phase: 'completed' } });
    await eventually(async () => (await nodes().allTextContents()).map((row) => row.trim())).toEqual([
      '{1}',
      'name: "Ada"',
    ]);
  });

  it('says when there is none', async () => {
    await open();
    await come(...text('only words'));
    await tab('JSON').click();
    await view.page.getByText('There is no JSON in this output.').waitFor();
    expect(await view.axe()).toEqual([]);
  });
});

describe('a search', () => {
  const box = () => view.page.getByRole('textbox', { name: 'Search Output' });
  const count = () => view.page.locator('run-output-search .count').innerText();
  const marked = (name: string) =>
    view.page.evaluate((key) => {
      const found = (CSS as unknown as { highlights: Map<string, Set<Range>> }).highlights.get(key);
      return [...(found ?? [])].map((range) => range.toString());
    }, name);

  it('finds what is not drawn and goes to it', async () => {
    await open({ ...running, phase: 'completed' });
    await come(
      ...text(
        ...Array.from({ length: 3_000 }, (_, index) => `line ${index}, a nee`).flatMap((line) => [
          line,
          'dle\n\n',
        ]),
      ),
    );
    await eventually(metrics).toContain('6,000 chunks');
    await tab('Raw').click();
    await log().focus();
    await view.page.keyboard.press('Control+f');
    await box().fill('line 1234, a NEEDLE');
    await eventually(count).toBe('1 of 1');
    await eventually(() => log().innerText()).toContain('line 1234, a needle');
    await eventually(() => marked('runagent-current-match')).toEqual(['line 1234, a needle']);
    await button('Match Case').click();
    await eventually(count).toBe('No match');
    await box().fill('needle');
    await view.page.keyboard.press('Enter');
    await eventually(count).toMatch(/ of 3,000$/);
  });

  it('goes to the next and the previous place, over the ends', async () => {
    await open({ ...running, phase: 'completed' });
    await come(...text('one tea, two tea, ', 'three tea'));
    await button('Search Output').click();
    await box().fill('tea');
    await eventually(count).toBe('1 of 3');
    await view.page.keyboard.press('Enter');
    await eventually(count).toBe('2 of 3');
    await button('Previous Match').click();
    await button('Previous Match').click();
    await eventually(count).toBe('3 of 3');
    await eventually(() => marked('runagent-match')).toEqual(['tea', 'tea', 'tea']);
    await box().press('Escape');
    await eventually(() => box().count()).toBe(0);
    expect(await marked('runagent-match')).toEqual([]);
    await eventually(() =>
      view.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.ariaLabel),
    ).toBe('Search Output');
  });

  it('also finds what comes while it is open', async () => {
    await open();
    await come(...text('tea\n'));
    await button('Search Output').click();
    await box().fill('tea');
    await eventually(count).toBe('1 of 1');
    await come(...text('more te', 'a'));
    await eventually(count).toBe('1 of 2');
  });

  it('goes on in the output of the next run, and still says what it looks for', async () => {
    await open({ ...running, phase: 'completed' });
    await come(...text('tea'));
    await button('Search Output').click();
    await box().fill('tea');
    await eventually(count).toBe('1 of 1');
    store = new OutputStore();
    seq = 0;
    await view.post({ start: { end: 0, silentMs: 0 }, runId: 'next' });
    await view.page.getByText(words.noOutput).waitFor();
    await view.post({ words, run: running });
    await come(...text('two teas, one tea'));
    await eventually(count).toBe('1 of 2');
    expect(await box().inputValue()).toBe('tea');
  });

  it('leads to the row of the chunk in the other views', async () => {
    await open({ ...running, phase: 'completed' });
    await come(...text(...Array.from({ length: 2_000 }, (_, index) => `piece ${index};`)));
    await tab('Events').click();
    await button('Search Output').click();
    await box().fill('piece 1500;');
    await eventually(() => view.page.getByRole('row', { selected: true }).innerText()).toContain(
      'piece 1500;',
    );
  });
});

describe('how the output came', () => {
  it('is told in numbers and by a picture with words', async () => {
    await open();
    await come(...text('a', 'b'));
    await happen({
      type: 'output',
      seq: 1,
      items: store.add([{ index: 2, atMs: 1_020, type: 'text', text: 'c'.repeat(2_000) }]),
    });
    await eventually(metrics).toContain('first after 10 ms · 3 chunks · 2.0 kB · 2.0 chunks/s');
    const picture = view.page.getByRole('img', {
      name: 'Gaps between chunks: median 1.00 s, longest 1.00 s before chunk 3',
    });
    await picture.waitFor();
  });

  it('is said to have stalled while the run goes on, and no longer', async () => {
    await open();
    // However busy the machine is, no time worth telling goes by here.
    await view.page.evaluate(() => {
      const now = performance.now.bind(performance);
      performance.now = () => now() / 1000;
    });
    await come(...text('a', 'b'));
    await eventually(metrics).toContain('2 chunks');
    expect(await metrics()).not.toContain('No chunk');
    await view.post({ start: { end: 2, silentMs: 61_000 }, runId: 'r' });
    await eventually(metrics).toMatch(/No chunk for 1 min 00 s, since \d/);
    await view.post({ words, run: { ...running, phase: 'completed' } });
    await eventually(metrics).not.toContain('No chunk');
  });

  it('is announced now and then, not chunk by chunk', async () => {
    await open();
    const said = () => view.page.locator('.announcer').innerText();
    await come(...text('Hello ', 'there'));
    await eventually(said).toBe('Hello there');
    await come(...text(...Array(500).fill('much more of it ')));
    await eventually(drawn).toEqual([0, 1]);
    await eventually(said).toBe('500 new chunks');
    expect(await log().getAttribute('aria-live')).toBe('off');
  });

  it('is not what an earlier run has said', async () => {
    await open();
    const said = () => view.page.locator('.announcer').innerText();
    await come(...text('Hello ', 'there'));
    await eventually(said).toBe('Hello there');
    store = new OutputStore();
    seq = 0;
    await view.post({ start: { end: 0, silentMs: 0 }, runId: 'next' });
    await eventually(said).toBe('');
  });
});

describe('the whole output', () => {
  it('is copied, saved and opened by the extension', async () => {
    await open();
    await come(...text('words'));
    for (const [name, action] of [
      ['Copy Output', 'copy'],
      ['Save Output…', 'save'],
      ['Open as Document', 'open'],
    ] as const) {
      await button(name).click();
      await eventually(requests).toContainEqual({ type: 'output', runId: 'r', action });
    }
    const said = () => view.page.locator('.announcer').innerText();
    await eventually(said).toBe('words'); // what came is not told over it
    await view.post({ answer: { type: 'done', runId: 'r', action: 'copy' } });
    await eventually(said).toBe('Copied.');
  });

  it('is nothing when the run was over without any', async () => {
    await open({ ...running, phase: 'completed' });
    await eventually(() => view.page.locator('run-output .note').innerText()).toBe('No output.');
  });
});

describe('everyone', () => {
  it('chooses the view by keyboard', async () => {
    await open();
    await come(value({ a: 1 }));
    await tab('Text').focus();
    await view.page.keyboard.press('ArrowRight');
    await view.page.getByRole('treegrid').waitFor();
    await view.page.keyboard.press('End');
    await eventually(() => tab('Raw').getAttribute('aria-selected')).toBe('true');
    await eventually(() => log().innerText()).toBe('{"a":1}');
    await view.page.keyboard.press('ArrowRight');
    await eventually(() => tab('Text').evaluate((node) => node.matches(':focus'))).toBe(true);
  });

  const sample = [
    ...text('# A story\n\nOnce *upon* a time, see [the book](https://example.invalid).\n\n- one\n- two\n\n'),
    ...text('```python\nprint("hi")\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n'),
    value({ name: 'Ada', tags: ['x', null, 1.5, true], nested: { more: {} } }),
    { type: 'unknown-frame', text: '{"odd":true}' } as const,
    ...text('The end.'),
  ];

  it.each(THEMES)('can use all views in the theme %s', async (theme) => {
    await open(running, theme);
    await come(...sample);
    await view.post({ start: { end: store.end, silentMs: 61_000 }, runId: 'r' });
    await eventually(metrics).toContain('No chunk');
    await button('Search Output').click();
    await view.page.getByRole('textbox', { name: 'Search Output' }).fill('e');
    for (const name of ['Text', 'Events', 'JSON', 'Raw']) {
      await tab(name).click();
      if (name === 'Events') await view.page.getByRole('row').nth(1).click();
      if (name === 'JSON') await view.page.getByRole('treeitem').first().click();
      await eventually(() => view.page.locator('.view .rows').innerText()).toContain('Ada');
      expect(await view.axe(), name).toEqual([]);
      await view.screenshot(`output-${name.toLowerCase()}-${theme}`);
    }
    expect(view.blocked).toEqual([]);
    expect(view.errors).toEqual([]);
  });

  it('can use it in a narrow place, as at twice the size', async () => {
    await open(running, 'light', 350);
    await come(...sample);
    for (const name of ['Text', 'Events', 'JSON', 'Raw']) {
      await tab(name).click();
      await eventually(() => view.page.locator('.view .rows').innerText()).toContain('Ada');
      const wide = await view.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, name).toBeLessThanOrEqual(0);
      await view.screenshot(`output-${name.toLowerCase()}-narrow`);
    }
  });
});
