import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { formWords } from '../../../../../extension/src/panel/form_words';
import type { EntrypointInfo, InputProblem } from '../../../../../extension/src/server/protocol.generated';
import { eventually, type WebviewBundle } from '../../webview_page';
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
const kwargs = async () => (await form.current()).inputs.kwargs;
const run = () => form.page.keyboard.press('Control+Enter');
const text = (part: string) => form.page.getByText(part).count();

describe('JSON beside the form', () => {
  it('is kept in step both ways', async () => {
    await open(only('anything', 'mode'), { inputs: { kwargs: { anything: 'a' } } });
    await form.tab('JSON').click();
    expect(JSON.parse(await form.json().inputValue())).toEqual({ anything: 'a' });
    await form.json().fill('{"anything":"b",   "mode": "slow"}');
    expect(await kwargs()).toEqual({ anything: 'b', mode: 'slow' });
    await form.tab('Form').click();
    expect(await form.control('anything').inputValue()).toBe('b');
    await form.tab('JSON').click();
    expect(await form.json().inputValue()).toBe('{"anything":"b",   "mode": "slow"}');
    await form.tab('Form').click();
    await form.control('anything').fill('c');
    await form.tab('JSON').press('Enter');
    expect(JSON.parse(await form.json().inputValue())).toEqual({ anything: 'c', mode: 'slow' });
  });

  it('leaves the form as it was while the text is no JSON, and sends nothing', async () => {
    await open(only('anything'), { inputs: { kwargs: { anything: 'a' } } });
    await form.tab('JSON').click();
    await form.json().fill('{"anything": "b"');
    await eventually(() => text('This is not JSON yet')).toBe(1);
    expect((await form.changes()).at(-1)).toEqual({
      inputs: { args: [], kwargs: { anything: 'a' } },
      problems: 1,
    });
    await form.json().press('Control+Enter');
    expect(await form.runs()).toEqual([]);
    await form.tab('Form').click();
    expect(await form.control('anything').inputValue()).toBe('a');
    expect(await text(words.formKept)).toBe(1);
    await form.tab('JSON').click();
    expect(await form.json().inputValue()).toBe('{"anything": "b"');
  });

  it('holds what is typed, also where the form could not send it', async () => {
    await open(only('even', 'anything'));
    await form.control('even').fill('many');
    await form.tab('JSON').click();
    expect(JSON.parse(await form.json().inputValue())).toEqual({ even: 'many' });
    await form.tab('Form').click();
    expect(await form.control('even').inputValue()).toBe('many');
    await run();
    expect(await form.runs()).toEqual([]);
  });

  it('sends what the signature does not have, and the form shows it apart', async () => {
    await open(only('anything'));
    await form.tab('JSON').click();
    await form.json().fill('{"anything": 1, "unknown": [1, {"a": null}]}');
    await run();
    expect(await form.runs()).toEqual([{ args: [], kwargs: { anything: 1, unknown: [1, { a: null }] } }]);
    await form.tab('Form').click();
    const strangers = form.group('Not in the signature');
    expect(await strangers.getByLabel('Key').inputValue()).toBe('unknown');
    await strangers.getByRole('button', { name: 'Remove unknown' }).click();
    expect(await kwargs()).toEqual({ anything: 1 });
    expect(await form.group('Not in the signature').count()).toBe(0);
  });

  it('refuses a number that would be sent as another one', async () => {
    await open(only('anything'));
    await form.tab('JSON').click();
    await form.json().fill('{"anything": 9007199254740993}');
    await eventually(() => text('The number 9007199254740993 cannot be sent exactly.')).toBe(1);
    expect((await form.current()).problems).toBe(1);
  });

  it('gives way to the form once the parameters are known again', async () => {
    const known = only('anything');
    await open(known, { inputs: { kwargs: { anything: 'a' } } });
    await form.set({ info: { ...known, signature: null, parameters: [] } });
    await eventually(() => form.json().inputValue()).toContain('"anything": "a"');
    await form.set({ info: known });
    await eventually(() => form.control('anything').count()).toBe(1);
    expect(await form.control('anything').inputValue()).toBe('a');
  });

  it('stays when it was written in, also once a form is possible', async () => {
    const known = only('anything');
    await open({ ...known, signature: null, parameters: [] });
    await form.json().fill('{"anything": "b"}');
    await form.set({ info: known });
    await eventually(() => form.tab('Form').isEnabled()).toBe(true);
    expect(await form.json().isVisible()).toBe(true);
    await form.tab('Form').click();
    expect(await form.control('anything').inputValue()).toBe('b');
  });

  it('is all there is where the parameters are not known', async () => {
    await open({ ...everything, signature: null, parameters: [] }, { inputs: { kwargs: { a: 1 } } });
    expect(await text(words.noForm)).toBe(1);
    expect(await form.tab('Form').isDisabled()).toBe(true);
    expect(JSON.parse(await form.json().inputValue())).toEqual({ a: 1 });
    expect(await form.view.axe()).toEqual([]);
    await form.focusFirst();
    expect(await form.focused()).toBe('JSON');
    await form.json().fill('{"b": 2}');
    await run();
    expect(await form.runs()).toEqual([{ args: [], kwargs: { b: 2 } }]);
  });

  it('holds inputs that give more by position than there is', async () => {
    await open(only('anything'), { inputs: { args: [1, 2] } });
    expect(await text(words.cannotShow)).toBe(1);
    expect(JSON.parse(await form.json().inputValue())).toEqual({ args: [1, 2], kwargs: {} });
    await form.json().fill('{"args": [], "kwargs": {"anything": 3}}');
    await form.tab('Form').click();
    expect(await form.control('anything').inputValue()).toBe('3');
  });

  it('is switched to and back with the arrow keys', async () => {
    await open(only('anything'));
    await form.tab('Form').focus();
    await form.page.keyboard.press('ArrowRight');
    await eventually(() => form.focused()).toBe('JSON');
    expect(await form.tab('JSON').getAttribute('aria-selected')).toBe('true');
    await form.page.keyboard.press('ArrowRight');
    expect(await form.tab('Form').getAttribute('aria-selected')).toBe('true');
  });
});

describe('running', () => {
  it('waits until everything needed is there, and says what is missing', async () => {
    await open(only('mode', 'names', 'home', 'day'));
    await form.control('mode').focus();
    expect(await text(words.problems.required)).toBe(0);
    await run();
    await eventually(() => text(words.problems.required)).toBe(2);
    await eventually(() => form.focused()).toBe('day');
    expect(await form.control('day').getAttribute('aria-invalid')).toBe('true');
    await form.control('day').fill('2026-01-31');
    await run();
    await eventually(() => form.focused()).toBe('street');
    await form.page.getByRole('button', { name: 'Send an empty text' }).click();
    await form.control('home', 'street').press('Control+Enter');
    await eventually(() => form.runs()).toEqual([
      { args: [], kwargs: { day: '2026-01-31', home: { street: '' }, names: [] } },
    ]);
  });

  it('sends what only seems wrong: the agent has the last word', async () => {
    await open(only('even'));
    await form.control('even').fill('2.5');
    await eventually(() => text('Should be more than 3.')).toBe(1);
    await run();
    expect(await form.runs()).toEqual([{ args: [], kwargs: { even: 2.5 } }]);
  });

  it('is not asked for while a run is starting', async () => {
    await open(only('mode'), { busy: true });
    await form.control('mode').focus();
    await run();
    await form.set({ busy: false });
    await run();
    expect(await form.runs()).toHaveLength(1);
  });
});

describe('what the server has found', () => {
  const found = (path: (string | number)[], message: string): InputProblem => ({
    parameter: path.length > 0 ? String(path[0]) : null,
    path,
    message,
    expected: null,
    certain: false,
  });

  it('stands at its field until that is changed', async () => {
    await open(only('home', 'anything', 'names'), {
      theme: 'light',
      inputs: { kwargs: { names: ['a'], home: { street: 'Elm' } } },
    });
    await form.show([
      found(['home', 'street'], 'no such street'),
      found(['home', 'zip'], 'no such code'),
      found(['anything', 'deep', 2], 'too deep'),
      found(['names', 0], 'no such name'),
      found([], 'the call as a whole'),
      found(['nothing'], 'no such parameter'),
    ]);
    await eventually(() => form.root.getByRole('alert').allInnerTexts()).toEqual([
      'the call as a whole',
      'no such parameter',
    ]);
    expect(await form.control('home', 'street').getAttribute('aria-invalid')).toBe('true');
    expect(await form.control('anything').getAttribute('aria-invalid')).toBe('true');
    expect(await form.control('names', 'Item 1').getAttribute('aria-invalid')).toBe('true');
    expect(await form.view.axe()).toEqual([]);
    await form.view.screenshot('form-served-problems');
    await form.control('home', 'street').fill('Oak');
    await eventually(() => text('no such street')).toBe(0);
    expect(await text('no such code')).toBe(1);
    expect(await text('too deep')).toBe(1);
  });

  it('stands above the JSON', async () => {
    await open(only('anything'));
    await form.tab('JSON').click();
    await form.show([found(['anything'], 'not like this')]);
    await eventually(() => text('not like this')).toBe(1);
    await form.json().fill('{"anything": 2}');
    await eventually(() => text('not like this')).toBe(0);
  });
});

describe('what comes from outside', () => {
  it('replaces the inputs, unless they are the same', async () => {
    await open(only('anything', 'even'));
    await form.control('even').fill('x');
    await form.set({ inputs: { args: [], kwargs: {} } });
    expect(await form.control('even').inputValue()).toBe('x');
    await form.set({ inputs: { args: [], kwargs: { even: 6 } } });
    await eventually(() => form.control('even').inputValue()).toBe('6');
  });

  it('does not disturb when it is what was just typed', async () => {
    await open(only('even'));
    await form.control('even').fill('6.0');
    await form.set({ inputs: { args: [], kwargs: { even: 6 } } });
    expect(await form.control('even').inputValue()).toBe('6.0');
  });

  it('keeps what is typed when the signature is edited', async () => {
    await open(only('anything', 'even'));
    await form.control('anything').fill('kept');
    await form.control('even').fill('8');
    await form.set({ info: only('anything', 'mode') });
    await eventually(() => form.control('mode').count()).toBe(1);
    expect(await form.control('anything').inputValue()).toBe('kept');
    expect(await form.group('Not in the signature').getByLabel('Key').inputValue()).toBe('even');
  });

  it('keeps what cannot be sent yet when the signature is edited', async () => {
    await open(only('anything', 'even'));
    await form.control('even').fill('12a');
    await form.set({ info: only('even', 'mode') });
    await eventually(() => form.control('mode').count()).toBe(1);
    expect(await form.control('even').inputValue()).toBe('12a');
    await form.tab('JSON').click();
    await form.json().fill('{"even": 8');
    await form.set({ info: only('even') });
    await form.tab('Form').click();
    await eventually(() => form.control('mode').count()).toBe(0);
    expect(await form.control('even').inputValue()).toBe('12a');
    await form.tab('JSON').click();
    expect(await form.json().inputValue()).toBe('{"even": 8');
    expect(await text('This is not JSON yet')).toBe(1);
  });

  it('may be an entrypoint without parameters', async () => {
    await open({ ...everything, parameters: [] });
    await eventually(() => text(words.noInputs)).toBe(1);
    expect(await form.current()).toEqual({ inputs: { args: [], kwargs: {} }, problems: 0 });
  });
});
