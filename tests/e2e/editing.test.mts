/** Configuration, Python and client code as one program: completion, hover, definition, rename, fixes. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EditedFolder, EditingWindow } from './editing.mts';
import { eventually } from './waiting.mts';

const CONFIG = 'shop/runagent.config.json';
const MAIN = `from goods import price


def order(item: str, count: int = 1) -> str:
    """Order something.

    Args:
        item: What to buy.
    """
    return f"{count} {item}"


async def track(number: int):
    """Follow an order."""
    yield number
`;
const PYTHON_CLIENT = `from runagent import RunAgentClient

client = RunAgentClient(agent_id="6f1c2b9e-3d4a-4f57-9a86-0b5d7c1e2a33", entrypoint_tag="order")
print(client.run(item="tea"))
`;
const SCRIPT_CLIENT = `import { RunAgentClient } from 'runagent';

const client = new RunAgentClient({ agentId: '6f1c2b9e-3d4a-4f57-9a86-0b5d7c1e2a33', entrypointTag: 'order' });
await client.initialize();
`;
const files = new EditedFolder();
let editor: EditingWindow;

before(async () => {
  files.write('shop/main.py', MAIN);
  files.write('shop/goods.py', 'def price(item):\n    """What it costs."""\n    return len(item)\n');
  files.write('clients/buy.py', PYTHON_CLIENT);
  files.write('clients/buy.ts', SCRIPT_CLIENT);
  files.writeConfig([
    { file: 'main.py', module: 'order', tag: 'order' },
    { file: 'main.py', module: '', tag: 'price' },
  ]);
  editor = await EditingWindow.open(files, 'Default Dark Modern');
});
after(async () => {
  await editor?.close();
  files.remove();
});

test('a function is completed in the configuration, with its signature', async () => {
  await editor.at(CONFIG, '"module": ""', '"module": "'.length);
  const shown = await editor.complete('price', 'completion');
  assert.ok(shown.includes('price') && !shown[0]?.includes('"'), `the words of VS Code's own are not first: ${shown}`);
  await editor.saved(CONFIG, (text) => text.includes('"module": "price"'));
  assert.deepEqual(files.config().agent_architecture.entrypoints[1], {
    file: 'main.py',
    module: 'price',
    tag: 'price',
  });
});

test('hovering over a function name tells what it is', async () => {
  await editor.at(CONFIG, '"module": "order"', '"module": "or'.length);
  const text = await editor.hover('order(item: str, count: int = 1) -> str');
  assert.match(text, /Order something/);
  await editor.window.screenshot('hover');
  await editor.at('shop/main.py', 'order(', 2);
  await editor.hover(/entrypoint order|as order|`order`|order of/i);
  await editor.window.screenshot('hover-python');
});

test('the definition of a function is one key away, through its import', async () => {
  await editor.at(CONFIG, '"module": "price"', '"module": "pr'.length);
  await editor.window.page.keyboard.press('F12');
  await editor.window.editorSays('def price(item)');
  await editor.window.screenshot('definition');
});

test('the tag of a client call leads to the configuration', async () => {
  await editor.at('clients/buy.ts', "'order'", 2);
  await editor.window.page.keyboard.press('F12');
  await editor.window.editorSays('"agent_name": "shop"');
});

test('renaming a tag changes the configuration and the clients in Python and TypeScript', async () => {
  await editor.at(CONFIG, '"tag": "order"', '"tag": "or'.length);
  assert.equal(await editor.rename('buy'), 'order');
  await editor.saved(CONFIG, (text) => text.includes('"tag": "buy"'));
  assert.equal(await editor.saved('clients/buy.py', (text) => text !== PYTHON_CLIENT), PYTHON_CLIENT.replace('"order"', '"buy"'));
  assert.equal(await editor.saved('clients/buy.ts', (text) => text !== SCRIPT_CLIENT), SCRIPT_CLIENT.replace("'order'", "'buy'"));
  assert.equal(files.read('shop/main.py'), MAIN);
});

test('a quick fix repairs a mistake', async () => {
  await editor.saveAll();
  files.writeConfig([{ file: 'ain.py', module: 'order', tag: 'order' }]);
  await editor.at(CONFIG, '"ain.py"', 2);
  await editor.showActions(/main\.py/);
  await editor.window.screenshot('quick-fix');
  await editor.act(/main\.py/);
  await editor.saved(CONFIG, (text) => text.includes('"file": "main.py"'));
  await eventually('no error', async () => (await editor.window.counts()) === 'No Problems');
});

test('all that is safe to fix is fixed at once', async () => {
  await editor.saveAll();
  files.writeConfig([{ file: 'main.py', module: 'order()', tag: 'order' }], { env_vars: null });
  await eventually('problems', async () => /Errors: 2/.test(await editor.window.counts()));
  await editor.at(CONFIG, '"env_vars"', 2);
  await editor.showActions('Fix all that is safe to fix in this file');
  await editor.window.screenshot('fix-all');
  await editor.act('Fix all that is safe to fix in this file');
  await editor.saved(CONFIG, (text) => text.includes('"env_vars": {}') && text.includes('"module": "order"'));
  await eventually('no error', async () => (await editor.window.counts()) === 'No Problems');
});

test('the source action fixes the same without a menu', async () => {
  await editor.saveAll();
  files.writeConfig([{ file: 'main.py', module: 'order()', tag: 'order' }]);
  await editor.at(CONFIG, '"agent_name"', 2);
  await eventually('problems', async () => /Errors: 1/.test(await editor.window.counts()));
  const crumbs = editor.window.page.locator('.editor-group-container.active .monaco-breadcrumbs');
  await eventually('no entrypoint is named outside of them', async () => {
    const text = await crumbs.innerText();
    return text.includes('runagent.config.json') && !text.includes('order');
  });
  await editor.window.command('Fix All');
  await editor.saved(CONFIG, (text) => text.includes('"module": "order"'));
});

test('a rule is turned off for the workspace', async () => {
  await editor.saveAll();
  files.writeConfig([{ file: 'main.py', module: 'order', tag: 'order', colour: 'red' }]);
  await editor.at(CONFIG, '"colour"', 2);
  await editor.act(/Turn the rule .* off/);
  await editor.window.notification(/The rule .* is off in this workspace/);
  await editor.window.screenshot('rule-off');
  const settings = JSON.parse(files.read('.vscode/settings.json'));
  assert.deepEqual(Object.values(settings['runagent.rules']), ['off']);
  await eventually('nothing is said', async () => (await editor.window.counts()) === 'No Problems');
});
