/** Code actions that make something new, and files that get another name. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { EditedFolder, EditingWindow } from './editing.mts';
import { eventually } from './waiting.mts';

const CONFIG = 'shop/runagent.config.json';
const MAIN = `"""Sells things."""


def order(item: str) -> str:
    return item


def pieces(text: str):
    """A text in pieces."""
    yield from text.split()
`;
const ORDER = { file: 'main.py', module: 'order', tag: 'order' };
const files = new EditedFolder();
let editor: EditingWindow;

before(async () => {
  files.write('shop/main.py', MAIN);
  files.writeConfig([ORDER]);
  editor = await EditingWindow.open(files, 'Default Light Modern');
});
after(async () => {
  await editor?.close();
  files.remove();
});

/** Begins anew with these entrypoints; the text of `main.py`. */
async function begin(entrypoints: unknown[], changes: Record<string, unknown> = {}): Promise<string> {
  await editor.saveAll();
  const main = MAIN.replace('things', `things ${files.edition()}`);
  files.write('shop/main.py', main);
  files.writeConfig(entrypoints, changes);
  return main;
}

function entrypoints(): unknown[] {
  return files.config().agent_architecture.entrypoints;
}

test('Expose as entrypoint: from the function to the configuration', async () => {
  await begin([ORDER]);
  await editor.at('shop/main.py', 'pieces', 1);
  await editor.showActions('Expose pieces as');
  await editor.window.screenshot('expose');
  await editor.act('Expose pieces as');
  await editor.saved(CONFIG, (text) => text.includes('pieces_stream'));
  assert.deepEqual(entrypoints(), [ORDER, { file: 'main.py', module: 'pieces', tag: 'pieces_stream' }]);
});

test('Create function: from the configuration to the function', async () => {
  const main = await begin([ORDER, { file: 'main.py', module: 'refund', tag: 'refund' }]);
  await editor.at(CONFIG, '"module": "refund"', '"module": "re'.length);
  await editor.act('Create function refund in main.py');
  const text = await editor.saved('shop/main.py', (it) => it.includes('def refund('));
  assert.ok(text.startsWith(main), 'what was there stays');
  await editor.window.openFile('shop/main.py');
  await eventually('lenses', async () => (await editor.window.lenses()).length >= 4);
  await editor.window.screenshot('create-function');
});

test('Create file: from the configuration to a file with the function', async () => {
  await begin([ORDER, { file: 'later/stock.py', module: 'count', tag: 'count_stream' }]);
  await editor.at(CONFIG, '"later/stock.py"', 2);
  await editor.act('Create file later/stock.py');
  await eventually('the file is there', () => existsSync(path.join(files.folder, 'shop', 'later', 'stock.py')));
  const text = await editor.saved('shop/later/stock.py', (it) => it.includes('def count('));
  assert.match(text, /yield/);
  await eventually('no error', async () => (await editor.window.counts()) === 'No Problems');
});

test('Split into run and stream', async () => {
  await begin([{ file: 'main.py', module: 'pieces', tag: 'pieces' }]);
  await editor.at(CONFIG, '"tag": "pieces"', '"tag": "pi'.length);
  await editor.act('Split into pieces');
  await editor.window.screenshot('split');
  await editor.saved(CONFIG, (text) => text.includes('"pieces_stream"'));
  assert.deepEqual(
    files.config().agent_architecture.entrypoints.map((it) => (it as { tag: string }).tag).sort(),
    ['pieces', 'pieces_stream'],
  );
});

test('Move secret to .env', async () => {
  await begin([ORDER], { env_vars: { SHOP_KEY: 'sk-test 1#2' } });
  await editor.at(CONFIG, '"SHOP_KEY"', 2);
  await editor.showActions('Move SHOP_KEY to .env');
  await editor.window.screenshot('move-secret');
  await editor.act('Move SHOP_KEY to .env');
  await editor.saved(CONFIG, (text) => !text.includes('SHOP_KEY'));
  assert.match(await editor.saved('shop/.env', (text) => text.length > 0), /^SHOP_KEY=(['"])sk-test 1#2\1\n$/);
  assert.match(await editor.saved('shop/.gitignore', (text) => text.length > 0), /^\.env$/m);
});

test('a function renamed in Python is renamed in the configuration', async () => {
  await begin([ORDER]);
  await editor.at('shop/main.py', 'order', 2);
  assert.equal(await editor.rename('purchase'), 'order');
  await editor.saved(CONFIG, (text) => text.includes('"module": "purchase"'));
  assert.deepEqual(entrypoints(), [{ ...ORDER, module: 'purchase' }]);
  assert.match(files.read('shop/main.py'), /^def purchase\(item: str\)/m);
});

test('a name that is taken is refused with the reason', async () => {
  const main = await begin([ORDER]);
  await editor.at('shop/main.py', 'order', 2);
  await editor.rename('pieces');
  const said = editor.window.page.locator('.monaco-editor-overlaymessage, .notification-toast');
  await said.filter({ hasText: /pieces/ }).first().waitFor(); // it goes by itself soon
  await editor.window.screenshot('rename-refused');
  assert.equal(files.read('shop/main.py'), main);
});

test('a file renamed in the explorer is renamed in the configuration', async () => {
  const main = await begin([ORDER]);
  await editor.window.openFile('shop/main.py');
  await eventually('lenses', async () => (await editor.window.lenses()).length >= 2);
  await editor.window.command('File: Reveal Active File in Explorer View');
  const { page } = editor.window;
  const row = page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'main.py' });
  const input = page.locator('.explorer-folders-view .monaco-inputbox input');
  // A menu takes no click in the moment in which it opens.
  await eventually('the box for a new name', async (timeout) => {
    await page.keyboard.press('Escape');
    await row.first().click({ button: 'right', timeout });
    await page.locator('.monaco-menu .action-label').filter({ hasText: /^Rename/ }).hover({ timeout });
    await page.keyboard.press('Enter');
    await input.waitFor({ timeout });
    return true;
  });
  await input.fill('selling.py');
  await editor.window.screenshot('file-rename');
  await input.press('Enter');
  // VS Code itself asks before it lets an extension change others' texts.
  assert.match(await editor.window.confirm('OK'), /RunAgent/);
  await eventually('the file has its new name', () => existsSync(path.join(files.folder, 'shop', 'selling.py')));
  await editor.saved(CONFIG, (text) => text.includes('"file": "selling.py"'));
  assert.equal(readFileSync(path.join(files.folder, 'shop', 'selling.py'), 'utf8'), main);
  await editor.window.screenshot('file-renamed');
  await eventually('no error', async () => (await editor.window.counts()) === 'No Problems');
});
