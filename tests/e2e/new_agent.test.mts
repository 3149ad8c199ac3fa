/** From an empty folder to an agent that answers, and from code that is there to an agent. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { formOf, sendForm } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = path.join(files.folder, 'empty');
const coded = path.join(folder, 'summing');
let window: Workbench;

before(async () => {
  mkdirSync(folder);
  const env = { ...process.env, RUNAGENT_CACHE_DIR: path.join(files.folder, 'cache') };
  window = await Workbench.open({ folder, env, settings: { 'workbench.colorTheme': 'Default Light Modern' } });
});
after(async () => {
  await window?.close();
  files.remove();
});

test('New Agent writes an agent into an empty folder, and one click runs it', async () => {
  await window.command('RunAgent: New Agent');
  await window.quickPick('What the agent begins with').waitFor();
  await window.screenshot('new-agent-template');
  await window.choose('What the agent begins with', 'Answers');
  await window.waitForInput('New Agent: Name');
  await window.screenshot('new-agent-name');
  await window.answer('New Agent: Name', 'First agent');
  await window.editorSays('def answer(question: str)');
  await eventually('lenses', async () => (await window.lenses()).some((text) => text.includes('Run')));
  assert.deepEqual(readdirSync(folder).sort(), [
    '.gitignore',
    'main.py',
    'requirements.txt',
    'runagent.config.json',
  ]);
  await window.screenshot('new-agent-written');
  await window.pressLens('Run', 0, (timeout) => formOf(window, 'answer', timeout));
  await sendForm(window, 'answer', { question: 'who are you' });
  await window.runSays('Completed', 'You asked: who are you');
  await eventually('nothing is wrong', async () => (await window.counts()) === 'No Problems');
  await window.screenshot('new-agent-ran');
});

test('the menu of its code has our entries, also where the folder is on another machine', async () => {
  await window.openFile('main.py');
  const menu = window.page.locator('.monaco-menu .action-label');
  await eventually('our entries', async (timeout) => {
    await window.page.keyboard.press('Escape');
    const line = window.page.locator('.editor-group-container.active .view-line').filter({ hasText: 'def answer(' });
    await line.first().click({ button: 'right', timeout });
    await menu.filter({ hasText: 'Copy Client Code' }).waitFor({ timeout });
    return true;
  });
  await window.page.keyboard.press('Escape');
});

test('a folder with an agent is no place for another one', async () => {
  mkdirSync(path.join(folder, 'taken'));
  await window.chooseAfter('RunAgent: New Agent', 'What the agent begins with', 'Conversation');
  await window.waitForInput('New Agent: Name');
  await window.quickInput.fill('taken');
  await window.page.locator('.quick-input-message').filter({ hasText: 'taken is there already' }).waitFor();
  await window.screenshot('new-agent-taken');
  await window.answer('New Agent: Name', 'talker');
  await window.editorSays('class Conversations');
  assert.ok(existsSync(path.join(folder, 'talker', 'runagent.config.json')));
});

test('a folder that holds code becomes an agent from its menu in the explorer', async () => {
  mkdirSync(coded, { recursive: true });
  writeFileSync(
    path.join(coded, 'tool.py'),
    'def load(name):\n    return name\n\n\ndef add(left: int, right: int = 1) -> int:\n    """Add two numbers."""\n    return left + right\n',
  );
  await window.command('Explorer: Focus on Folders View');
  const row = window.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'summing' });
  const menu = window.page.locator('.monaco-menu .action-item');
  const entry = menu.filter({ hasText: 'Make Folder an Agent' }).last();
  await eventually('our menu', async (timeout) => {
    await window.page.keyboard.press('Escape');
    await row.first().click({ button: 'right', timeout });
    await menu.filter({ hasText: /^RunAgent$/ }).hover({ timeout });
    await entry.waitFor({ timeout });
    return true;
  });
  await window.screenshot('make-agent-menu');
  await eventually('the functions', async (timeout) => {
    if (await entry.isVisible()) await entry.click({ timeout });
    await window.quickPick('Functions that the agent offers').waitFor({ timeout });
    return true;
  });
  await window.quickPick('Functions that the agent offers').waitFor();
  await window.screenshot('make-agent-functions');
  await window.acceptChoices('Functions that the agent offers');
  await window.editorSays('"module": "add"');
  const config = JSON.parse(readFileSync(path.join(coded, 'runagent.config.json'), 'utf8'));
  assert.deepEqual(config.agent_architecture.entrypoints, [{ file: 'tool.py', module: 'add', tag: 'add' }]);
  await eventually('lenses', async () => (await window.lenses()).some((text) => text.includes('Run')));
  await window.screenshot('make-agent-made');
});

test('the walkthrough leads to the first agent', async () => {
  await window.chooseAfter('Welcome: Open Walkthrough', 'walkthrough', 'Begin with RunAgent');
  await window.page.locator('.getting-started-step').filter({ hasText: 'Write an agent, or open one' }).waitFor();
  await window.page.locator('.getting-started-step a, .getting-started-step button').filter({ hasText: 'New Agent' }).first().waitFor();
  await window.screenshot('walkthrough');
});
