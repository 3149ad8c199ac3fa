/** Saved cases in VS Code's Test Explorer: run, repeated, debugged, cancelled; and the commands that write them. */

import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { packPythonDebugger } from './python_debugger.mts';
import { formOf, sendForm } from './run_form.mts';
import { TestExplorer, writeCase } from './test_explorer.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench, type WorkbenchOptions } from './workbench.mts';

const files = scratch();
const registry = path.join(files.folder, 'empty-registry');
const env = { ...process.env, RUNAGENT_CACHE_DIR: registry };
const POLITE = { inputs: { name: 'Ada' }, expect: { equals: { text: 'Hello, Ada.', letters: 3 } } };
const FLAKY = `

_calls = 0


def flip() -> str:
    """Answer otherwise each time."""
    global _calls
    _calls += 1
    return "good" if _calls % 2 else "bad"
`;
let folder: string;
let window: Workbench | undefined;

before(() => mkdirSync(registry));
afterEach(async () => {
  await window?.close();
  window = undefined;
  rmSync(folder, { recursive: true, force: true });
});
after(() => files.remove());

interface Opened {
  readonly window: Workbench;
  readonly tests: TestExplorer;
}

/** Opens a fresh copy of the small agent, prepared by `prepare`. */
async function open(prepare: () => void, more: Partial<WorkbenchOptions> = {}): Promise<Opened> {
  folder = files.copy('hello-agent');
  prepare();
  window = await Workbench.open({ folder, env, ...more });
  return { window, tests: new TestExplorer(window) };
}

function addEntrypoint(module: string, tag: string): void {
  const file = path.join(folder, 'runagent.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.agent_architecture.entrypoints.push({ file: 'main.py', module, tag });
  writeFileSync(file, JSON.stringify(config, null, 2));
}

const lineOf = (text: string) =>
  readFileSync(path.join(folder, 'main.py'), 'utf8').split('\n').findIndex((line) => line.includes(text)) + 1;

test('cases are run: one passes, one fails with a comparison, one cannot be read', async () => {
  const { window, tests } = await open(() => {
    writeCase(folder, 'greet', 'polite', POLITE);
    writeCase(folder, 'greet', 'wrong', { ...POLITE, expect: { equals: { text: 'Hello, Bob.', letters: 3 } } });
    writeCase(folder, 'greet', 'broken', '{ "inputs": ');
    writeCase(folder, 'divide', 'by zero', { inputs: { dividend: 1, divisor: 0 } });
  });
  await tests.unfoldTo('polite');
  await window.screenshot('testing-found');
  await window.command('Test: Run All Tests');
  await tests.allAre({ polite: /Passed/, wrong: /Failed/, broken: /Errored/, 'by zero': /Failed/ });
  await tests.resultsSay('greet › polite', '"text": "Hello, Ada."', 'Passed in', 'greet › wrong', 'Failed: ');
  await window.screenshot('testing-run');

  await tests.showMessage('wrong');
  const [expected, actual] = await tests.comparison();
  assert.match(expected ?? '', /Hello, Bob\./);
  assert.match(actual ?? '', /Hello, Ada\./);
  await window.screenshot('testing-difference');

  await tests.menu('by zero', 'Go to Test', (timeout) => {
    return window.page.locator('.tab.active[data-resource-name="by zero.json"]').waitFor({ timeout });
  });
  await window.openFile('main.py');
  await window.goTo(lineOf('return dividend'));
  await eventually('the message stands beside the line that raised it', async () => {
    const shown = await window.page.locator('.test-error-content-widget').allInnerTexts();
    return shown.join().replaceAll('\u00a0', ' ').includes('division by zero');
  });
  await window.screenshot('testing-raised');

  writeCase(folder, 'greet', 'broken', POLITE);
  await tests.press('broken', 'Run Test');
  await tests.state('broken', /Passed/);
  rmSync(path.join(folder, '.runagent'), { recursive: true });
  await eventually('they are gone', async () => (await tests.row('polite').count()) === 0);
});

test('a case that is repeated tells how often it passed; one that is cancelled, what that stopped', async () => {
  const { window, tests } = await open(() => {
    appendFileSync(path.join(folder, 'main.py'), FLAKY);
    addEntrypoint('flip', 'flip');
    writeCase(folder, 'flip', 'good', { expect: { equals: 'good' } });
    writeCase(folder, 'greet', 'polite', POLITE);
  });
  await tests.unfoldTo('good');
  await window.chooseAfter('Test: Configure Test Profiles', 'Select a profile to update', 'Repeat');
  await window.answer('Repeat Cases', '4');
  const profiles = window.page.locator('.quick-input-widget:visible .monaco-list-row');
  await tests.menu('hello-agent', 'Execute Using Profile', (timeout) => profiles.first().waitFor({ timeout }));
  await profiles.filter({ hasText: 'Repeat' }).click();
  await tests.allAre({ good: /Failed/, polite: /Passed/ });
  await tests.resultsSay('Run 4 of 4', 'All 4 runs passed.');
  assert.deepEqual(await tests.messages('good'), ['Flaky: 2 of 4 runs passed.', 'Runs 2, 4: The output is "bad", not "good".']);
  await window.screenshot('testing-repeated');

  writeCase(folder, 'count_down_stream', 'a long one', { inputs: { start: 100_000, pause: 0.05 } });
  await tests.unfoldTo('a long one');
  await window.command('Test: Run All Tests');
  await tests.resultsSay('99999 ...');
  await window.screenshot('testing-streaming');
  await window.command('Test: Cancel Test Run');
  await tests.state('a long one', /Skipped/);
  await tests.resultsSay(/Cancelled\. .*stopped/);
  await tests.state('polite', /Skipped/); // it had not begun
  await window.screenshot('testing-cancelled');
});

test('a case is debugged, and the agent is served as usual afterwards', async () => {
  const { window, tests } = await open(() => writeCase(folder, 'greet', 'polite', POLITE), {
    vsixFiles: [packPythonDebugger(files.folder)],
  });
  await window.openFile('main.py');
  await window.breakpoint(lineOf('text = f"Hello'), true);
  await tests.unfoldTo('polite');
  await tests.press('polite', 'Debug Test');
  await window.page.locator('.debug-top-stack-frame-line').first().waitFor();
  await window.agentIs(/for debugging/);
  await window.screenshot('testing-debugged');
  await window.page.keyboard.press('F5');
  await window.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  await window.agentIs(/is served at [\d.:]+\.?$/);
  await tests.unfoldTo('polite');
  await tests.state('polite', /Passed/);
});

test('what keeps a case from being tried is told: no debugger, an agent that does not start', async () => {
  const { window, tests } = await open(() => {
    appendFileSync(path.join(folder, 'main.py'), '\nraise RuntimeError("not today")\n');
    writeCase(folder, 'greet', 'polite', POLITE);
  });
  await tests.unfoldTo('polite');
  await tests.press('polite', 'Debug Test');
  assert.match(await window.notification('ms-python.debugpy'), /Find Python Debugger/);
  await tests.resultsSay('The debugger could not be attached.');
  await tests.state('polite', /Errored/);
  assert.deepEqual(window.agentProcesses(), [], 'nothing was started for it');

  await window.command('Test: Run All Tests');
  await tests.resultsSay('Importing the agent', 'Could not be tried: ', 'not today');
  await tests.state('polite', /Errored/);
  await window.screenshot('testing-no-start');
});

test('the last run is saved as a case, opened, and changed with the help of its schema', async () => {
  const { window, tests } = await open(() => undefined);
  await window.command('Testing: Focus on Test Explorer View');
  const welcome = window.page.locator('.test-explorer .welcome-view, .welcome-view').filter({ hasText: 'A saved case calls an entrypoint' });
  await welcome.first().waitFor();
  await window.screenshot('testing-welcome');

  await window.openFile('main.py');
  await window.pressLens('Run', 0, (timeout) => formOf(window, 'greet', timeout));
  await sendForm(window, 'greet', { name: 'Ada' });
  await window.runSays('Completed', 'Hello, Ada.');
  // A page that gets the keyboard back late would close the question that is asked next.
  await window.openFile('main.py');
  await window.chooseAfter('RunAgent: Save Last Run as Case…', 'Entrypoint whose last run to save', 'greet');
  await window.answer('New Case of greet', 'Ada / 1');
  await window.choose('What the case expects', 'The same result');
  await window.editorSays('"Ada"', '"equals"', '"Hello, Ada."');
  const file = path.join(folder, '.runagent', 'cases', 'greet', 'Ada %2F 1.json');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), POLITE);
  await window.screenshot('testing-saved');

  await tests.unfoldTo('Ada / 1');
  await tests.press('Ada / 1', 'Run Test');
  await tests.state('Ada / 1', /Passed/);

  await window.chooseAfter('RunAgent: Open Case…', 'Case to open', 'Ada / 1');
  await window.editorSays('"equals"');
  await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await window.goTo(5, 14);
  await window.page.keyboard.press('Enter');
  const suggestions = window.page.locator('.suggest-widget.visible');
  await eventually('the schema suggests', async (timeout) => {
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.press('Control+Space');
    await suggestions.waitFor({ timeout });
    return (await suggestions.innerText()).includes('maxFirstChunkMs');
  });
  await window.screenshot('testing-schema');
});

test('a new case holds what the entrypoint needs; one that is there is not replaced unasked', async () => {
  const { window } = await open(() => {
    writeCase(folder, 'greet', 'polite', POLITE);
    writeCase(folder, 'greet', 'unfit', { inputs: { nam: 'Ada' } });
  });
  await window.openFile('unfit.json');
  await eventually('what the entrypoint does not take is told', async () => (await window.problems()).join().includes('nam'));
  await window.screenshot('testing-unfit');
  await window.openFile('main.py');
  await window.chooseAfter('RunAgent: New Case…', 'Entrypoint to write a case for', 'greet');
  await window.answer('New Case of greet', 'empty');
  await window.editorSays('"name": ""');
  assert.ok(existsSync(path.join(folder, '.runagent', 'cases', 'greet', 'empty.json')));

  await window.chooseAfter('RunAgent: New Case…', 'Entrypoint to write a case for', 'greet');
  await window.answer('New Case of greet', 'polite');
  assert.match(await window.confirm('Cancel'), /has a case of this name already/);
  const file = path.join(folder, '.runagent', 'cases', 'greet', 'polite.json');
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), POLITE);

  await window.chooseAfter('RunAgent: New Case…', 'Entrypoint to write a case for', 'greet');
  await window.answer('New Case of greet', 'polite');
  await window.confirm('Replace');
  await window.editorSays('"name": ""', '"equals"');
});

test('in Restricted Mode cases are listed, and nothing is there to run them with', async () => {
  const { window, tests } = await open(() => writeCase(folder, 'greet', 'polite', POLITE), { trusted: false });
  await tests.unfoldTo('polite');
  await tests.row('polite').hover();
  assert.equal(await tests.row('polite').locator('.action-label[aria-label^="Run Test"]').count(), 0);
  await window.screenshot('testing-restricted');
  assert.deepEqual(window.agentProcesses(), []);
});
