import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { formWords } from '../../../../../extension/src/panel/form_words';
import type { EntrypointInfo } from '../../../../../extension/src/server/protocol.generated';
import { definitions, json, schema } from '../../../form/schemas';
import { entrypoint, parameter } from '../../../runs/parameters';
import { eventually, THEMES, type WebviewBundle } from '../../webview_page';
import { bundleOfForm, everything, FormPage, only } from './form_page';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const words = formWords();
let bundle: WebviewBundle;
let form: FormPage;

beforeAll(async () => {
  bundle = await bundleOfForm();
});
afterEach(async () => {
  expect(form.view.errors).toEqual([]);
  await form.view.close();
});
afterAll(() => bundle.close());

async function open(info: EntrypointInfo, more: Parameters<typeof FormPage.open>[3] = {}): Promise<void> {
  form = await FormPage.open(bundle, words, info, more);
}
const inputs = async () => (await form.current()).inputs;
const kwargs = async () => (await inputs()).kwargs;
const run = () => form.page.keyboard.press('Control+Enter');

const FULL = {
  args: [3, 'text', 2.5, 4, 5],
  kwargs: {
    must: true,
    either: 'words',
    day: '2026-02-30',
    home: { street: 'Elm', zip: null },
    tree: { name: 'root', children: [{ name: 'leaf' }] },
    pair: [1, 'two'],
    table: { a: 1 },
    anything: 5,
    names: ['Ada', 'Grace'],
    user: { name: '', secret: 'hidden', tags: [] },
    mode: 'slow',
    even: 3,
    homes: { ada: { street: 'Oak' } },
    grid: [[1, 2], [3]],
    other: { deep: [1] },
    more: 'by name',
  },
};

describe('the form of every kind of input', () => {
  it.each(THEMES)('is right for everyone in %s', async (theme) => {
    await open(everything, { theme });
    await form.page.setViewportSize({ width: 700, height: 2700 });
    expect(form.view.blocked).toEqual([]);
    expect(await form.view.axe()).toEqual([]);
    await form.view.screenshot(`form-empty-${theme}`);
    await form.set({ inputs: FULL });
    await form.control('first').fill('many');
    await form.control('when').fill('tomorrow');
    await run();
    await eventually(() => form.page.getByText('This is not a number.').count()).toBe(1);
    await form.page.setViewportSize({ width: 700, height: 3400 });
    expect(await form.view.axe()).toEqual([]);
    await form.view.screenshot(`form-full-${theme}`);
    await form.tab('JSON').click();
    await form.json().press('End');
    await form.json().press('x');
    await eventually(() => form.page.getByText('This is not JSON yet').count()).toBe(1);
    expect(await form.view.axe()).toEqual([]);
    await form.view.screenshot(`form-json-${theme}`);
  });

  it('shows what it is given, and gives it back as it was', async () => {
    await open(everything, { inputs: FULL });
    expect(await inputs()).toEqual(FULL);
    expect(await form.control('home', 'street').inputValue()).toBe('Elm');
    expect(await form.control('names', 'Item 2').inputValue()).toBe('Grace');
    expect(await form.control('table', 'Key').inputValue()).toBe('a');
    expect(await form.control('mode').inputValue()).toBe('1');
  });

  it('draws any value of any schema, and gives it back as it was', async () => {
    const values = fc.tuple(fc.array(fc.tuple(schema, json, fc.boolean()), { minLength: 12, maxLength: 12 }));
    await open(only('mode'));
    await fc.assert(
      fc.asyncProperty(values, async ([places]) => {
        const parameters = places.map(([of, , required], index) =>
          parameter(`p${index}`, { ...of, $defs: definitions }, { required, kind: 'keyword_only' }),
        );
        const given = {
          args: [],
          kwargs: Object.fromEntries(places.map(([, value], at) => [`p${at}`, value])),
        };
        await form.set({ info: entrypoint(parameters), inputs: given });
        await eventually(() => form.root.locator('.fields > form-field').count()).toBe(parameters.length);
        expect(await form.current()).toMatchObject({ inputs: given });
        expect(form.view.errors).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });

  it('fits into 350 pixels, as at 200 % zoom', async () => {
    await open(everything, { inputs: FULL });
    await form.page.setViewportSize({ width: 350, height: 3600 });
    const overflow = await form.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await form.view.screenshot('form-narrow');
  });
});

describe('a value', () => {
  it('is told as it is typed', async () => {
    await open(only('first', 'either'));
    await form.focusFirst();
    expect(await form.focused()).toBe('first');
    await form.page.keyboard.type('12');
    expect(await form.changes()).toEqual([
      { inputs: { args: [1], kwargs: {} }, problems: 1 },
      { inputs: { args: [12], kwargs: {} }, problems: 1 },
    ]);
  });

  it('is left out, empty, None or given, and each is another thing', async () => {
    await open(only('api_key', 'id', 'maybe', 'flag'));
    expect(await kwargs()).toEqual({});
    await form.control('api_key').fill('abc');
    expect(await kwargs()).toEqual({ api_key: 'abc' });
    await form.control('api_key').fill('');
    expect(await kwargs()).toEqual({});
    await form.kind('api_key').selectOption('Text');
    expect(await kwargs()).toEqual({ api_key: '' });
    await form.kind('api_key').selectOption('Default: ""');
    await form.kind('id').selectOption('None');
    await form.control('maybe').selectOption('None');
    await form.control('flag').check();
    expect(await kwargs()).toEqual({ id: null, maybe: null, flag: true });
    await form.control('flag').uncheck();
    expect(await kwargs()).toEqual({ id: null, maybe: null, flag: false });
    await form.kind('flag').selectOption('Default: False');
    await form.kind('id').selectOption('Default: None');
    await form.control('maybe').selectOption('Default: None');
    expect(await kwargs()).toEqual({});
  });

  it('of several types takes what was typed along to the next', async () => {
    await open(only('either'));
    await form.control('either').fill('7');
    expect(await kwargs()).toEqual({ either: 7 });
    await form.kind('either').selectOption('Text');
    expect(await kwargs()).toEqual({ either: '7' });
    await form.kind('either').selectOption('List (Whole number)');
    expect(await kwargs()).toEqual({ either: [] });
  });

  it('without a type is text, or what JSON says', async () => {
    await open(only('anything'));
    for (const [typed, value, note] of [
      ['words', 'words', ''],
      ['5', 5, 'Sent as a number'],
      ['"5"', '5', 'Sent as text'],
      ['[1', '[1', 'Sent as text'],
      ['[1]', [1], 'Sent as a list'],
      ['null', null, 'Sent as null'],
    ] as const) {
      await form.control('anything').fill(typed);
      expect(await kwargs()).toEqual({ anything: value });
      expect(await form.root.locator('.note').allTextContents()).toEqual(note === '' ? [] : [note]);
    }
  });

  it('of more lines makes its field grow', async () => {
    await open(only('anything'));
    const height = async () => (await form.control('anything').boundingBox())?.height ?? 0;
    const before = await height();
    await form.control('anything').fill('one\ntwo\nthree');
    expect(await height()).toBeGreaterThan(before + 30);
  });

  it('that looks secret is hidden until it is asked for', async () => {
    await open(only('api_key'));
    const key = form.control('api_key');
    await key.fill('abc');
    expect(await key.getAttribute('type')).toBe('password');
    await form.page.getByRole('button', { name: 'Show what is typed' }).press('Enter');
    expect(await key.evaluate((element) => element.tagName)).toBe('TEXTAREA');
    await key.fill('two\nlines');
    await form.page.getByRole('button', { name: 'Hide what is typed' }).press('Enter');
    expect(await kwargs()).toEqual({ api_key: 'two\nlines' });
  });

  it('can be a day from the calendar', async () => {
    await open(only('day'));
    await form.root.locator('.picker').evaluate((element) => {
      Object.assign(element, { value: '2026-03-01' });
      element.dispatchEvent(new Event('change'));
    });
    expect(await form.control('day').inputValue()).toBe('2026-03-01');
    expect(await kwargs()).toEqual({ day: '2026-03-01' });
  });
});

describe('lists and objects', () => {
  it('are filled, moved and emptied by keyboard alone', async () => {
    await open(only('names'));
    await form.focusFirst();
    await form.page.keyboard.press('Enter');
    await eventually(() => form.focused()).toBe('Item 1');
    await form.page.keyboard.type('a');
    await form.page.getByRole('button', { name: 'Add item' }).press('Enter');
    await eventually(() => form.focused()).toBe('Item 2');
    await form.page.keyboard.type('b');
    await form.page.keyboard.press('Alt+ArrowUp');
    expect(await kwargs()).toEqual({ names: ['b', 'a'] });
    await eventually(() => form.focused()).toBe('Item 1');
    await eventually(() => form.root.getByRole('status').allInnerTexts()).toContain('Now item 1 of 2');
    await form.page.getByRole('button', { name: 'Move Item 1 down' }).press('Enter');
    expect(await kwargs()).toEqual({ names: ['a', 'b'] });
    await eventually(() => form.focused()).toBe('Move Item 2 down');
    await form.page.getByRole('button', { name: 'Remove Item 2' }).press('Enter');
    await eventually(() => form.focused()).toBe('Item 1');
    await form.page.getByRole('button', { name: 'Remove Item 1' }).press('Enter');
    await eventually(() => form.focused()).toBe('Add item');
    expect(await kwargs()).toEqual({ names: [] });
  });

  it('take further keys, each once', async () => {
    await open(only('table'));
    await form.page.getByRole('button', { name: 'Add key' }).click();
    await eventually(() => form.focused()).toBe('Key');
    await form.page.keyboard.type('a');
    await form.control('table', 'a').fill('1');
    expect(await kwargs()).toEqual({ table: { a: 1 } });
    await form.page.getByRole('button', { name: 'Add key' }).click();
    await eventually(() => form.focused()).toBe('Key');
    await form.page.keyboard.type('a');
    await eventually(() => form.page.getByText('a is given twice.').count()).toBeGreaterThan(0);
    await form.page.keyboard.type('b');
    await form.control('table', 'ab').fill('2');
    expect(await kwargs()).toEqual({ table: { a: 1, ab: 2 } });
    await form.page.getByRole('button', { name: 'Remove ab' }).click();
    expect(await kwargs()).toEqual({ table: { a: 1 } });
  });

  it('that hold themselves are unfolded one by one', async () => {
    await open(only('tree', 'movie'));
    const children = form.group('tree', 'children');
    await children.getByRole('button', { name: 'Add item' }).click();
    await form.control('tree', 'children', 'Item 1', 'name').fill('leaf');
    await form.control('tree', 'name').first().fill('root');
    expect(await kwargs()).toEqual({ tree: { name: 'root', children: [{ name: 'leaf' }] } });
    await form.page.getByRole('button', { name: 'Fill in' }).click();
    await form.control('movie', 'title').fill('M');
    expect((await kwargs())['movie']).toEqual({ title: 'M' });
  });

  it('show as JSON what fits no field', async () => {
    const home = { street: ['Elm'] };
    await open(only('home'), { inputs: { kwargs: { home } } });
    expect(JSON.parse(await form.control('home', 'street').inputValue())).toEqual(['Elm']);
    await eventually(() => form.page.getByText(words.shownAsJson).count()).toBe(1);
    expect(await kwargs()).toEqual({ home });
    await form.kind('street').selectOption('Text');
    await form.control('home', 'street').fill('Elm');
    expect(await kwargs()).toEqual({ home: { street: 'Elm' } });
  });
});
