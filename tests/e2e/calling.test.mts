/** What stands around a run: refused inputs, tracebacks, batches, client code, metrics. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type ServedAgent, serveAgent } from '../../scripts/agent.mjs';
import { fillJson, runPage, sendForm, startButton, startRun } from './run_form.mts';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
const folder = files.copy('hello-agent');
let agent: ServedAgent;
let window: Workbench;

/** An entrypoint that tells where it failed: RunAgent itself sends only the message of an exception. */
const EXPLODE = `

def explode(depth: int = 1) -> None:
    """Fail with a traceback."""
    import traceback

    try:
        raise ValueError("too deep")
    except ValueError:
        raise RuntimeError(traceback.format_exc()) from None
`;

function addEntrypoint(): void {
  const main = path.join(folder, 'main.py');
  writeFileSync(main, readFileSync(main, 'utf8') + EXPLODE);
  const file = path.join(folder, 'runagent.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.agent_architecture.entrypoints.push({ file: 'main.py', module: 'explode', tag: 'explode' });
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
}

before(async () => {
  addEntrypoint();
  agent = await serveAgent(folder);
  window = await Workbench.open({ folder, file: 'main.py', env: { ...process.env, RUNAGENT_CACHE_DIR: agent.cacheDir } });
  await eventually('lenses', async () => (await window.lenses()).length >= 3);
});
after(async () => {
  await window?.close();
  await agent?.stop();
  files.remove();
});

async function greet(name: string): Promise<void> {
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
  // Without what other tests have left in the form.
  await startRun(await fillJson(window, 'greet', { name }));
  await window.runSays('Completed', `Hello, ${name}.`, '127.0.0.1', 'on this machine');
}

test('inputs that do not fit are refused one by one, and sent anyway when that is wanted', async () => {
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'greet');
  await startButton(await fillJson(window, 'greet', { nane: 'Ada' })).click();
  await window.runSays('Nothing was sent', 'VALIDATION_ERROR', 'nane');
  const problems = await (await runPage(window)).locator('.error .problems li').allInnerTexts();
  assert.equal(problems.length, 2, String(problems));
  await window.screenshot('refused-inputs');
  await (await runPage(window)).locator('.error').getByRole('button', { name: 'Send Anyway' }).click();
  await window.runSays('The run failed', /unexpected keyword argument/);
});

test('a frame of a traceback opens the file at its line', async () => {
  await window.chooseAfter('RunAgent: Run Entrypoint…', 'Entrypoint to run', 'explode');
  await sendForm(window, 'explode', {});
  await window.runSays('The run failed', 'Where it failed', 'too deep');
  await window.screenshot('traceback');
  const frame = (await runPage(window)).locator('.error .frames button').last();
  const [, line] = /:(\d+)$/.exec(await frame.innerText()) ?? [];
  const source = readFileSync(path.join(folder, 'main.py'), 'utf8').split('\n');
  assert.match(source[Number(line) - 1] ?? '', /raise ValueError/);
  await frame.click();
  await window.page.locator('.tab.active[data-resource-name="main.py"]').waitFor();
  await eventually('the cursor is in the line', () => window.isInLine(Number(line)));
});

test('client code is written for Python and TypeScript, with the inputs of the last run when wanted', async () => {
  await greet('Edith');
  // A page that gets the keyboard back late would close the question that is asked next.
  await window.openFile('main.py');
  await window.chooseAfter('RunAgent: Copy Client Code…', 'Entrypoint to call', 'greet');
  await window.choose('Language', 'Python');
  await window.choose('Which agent', 'The running agent');
  await window.choose('Values', 'With the inputs of the last run');
  await window.editorSays('RunAgentClient', 'greet', 'Edith', agent.agentId);
  const mode = window.page.locator('#status\\.editor\\.mode');
  await eventually('it is Python', async () => (await mode.innerText()).includes('Python'));
  await window.screenshot('client-code');
  await window.chooseAfter('RunAgent: Copy Client Code…', 'Entrypoint to call', 'greet');
  await window.choose('Language', 'TypeScript');
  await window.choose('Which agent', 'RunAgent Cloud');
  await window.choose('Values', 'With example values');
  await eventually('it is TypeScript', async () => (await mode.innerText()).includes('TypeScript'));
  const text = await window.editorSays('RunAgentClient', agent.agentId);
  assert.doesNotMatch(text, /Edith|127\.0\.0\.1/);
});

test('a batch runs each line of a file, reports, and resumes', async () => {
  const input = path.join(folder, 'names.jsonl');
  writeFileSync(input, '{"name": "Ada"}\n{"name": "Grace"}\n{"nane": "wrong"}\n');
  await runBatch(input);
  await window.choose('Where to write', 'Beside the inputs');
  await runLocally('2');
  const report = await window.editorSays('Batch greet: finished', /completed +2/, /failed +1/);
  assert.match(report, /names\.greet\.results\.jsonl/);
  await window.screenshot('batch-report');
  const results = readFileSync(path.join(folder, 'names.greet.results.jsonl'), 'utf8');
  assert.match(results, /Hello, Grace\./);
  await runBatch(input);
  await window.choose('Where to write', 'Beside the inputs');
  await window.choose('holds results already', 'Resume');
  await runLocally('2');
  await window.editorSays('Batch greet: finished', /done in earlier runs +3/);
});

async function runBatch(input: string): Promise<void> {
  await window.chooseAfter('RunAgent: Run Batch…', 'Entrypoint to run for each input', 'greet');
  await window.typePath('Inputs of the Batch', input);
}

/** The rest of the questions, answered for the agent that runs here. */
async function runLocally(calls: string): Promise<void> {
  await window.choose('Where to send the inputs', 'The running agent');
  await window.answer('Calls at Once', calls);
  await window.acceptChoices('How to run the batch');
}

test('a batch that is cancelled keeps what is done and says what is left', async () => {
  const input = path.join(folder, 'counts.jsonl');
  writeFileSync(input, '{"start": 5, "pause": 0.2}\n'.repeat(300));
  await window.chooseAfter('RunAgent: Run Batch…', 'Entrypoint to run for each input', 'count_down_stream');
  await window.typePath('Inputs of the Batch', input);
  await window.choose('Where to write', 'Beside the inputs');
  await runLocally('1');
  await window.notification(/Batch count_down_stream: [1-9]\d* of 300 done/);
  await window.screenshot('batch-progress');
  await window.page.locator('.notification-toast').filter({ hasText: 'Batch count_down' }).getByRole('button', { name: 'Cancel' }).click();
  await window.editorSays('Batch count_down_stream: stopped', /not run +\d/);
  const results = readFileSync(path.join(folder, 'counts.count_down_stream.results.jsonl'), 'utf8');
  assert.match(results, /lift-off/);
});

test('the calls are counted', async () => {
  await window.command('RunAgent: Show Call Metrics');
  await window.editorSays('Calls since the RunAgent server was started', /completed +\d/, 'By entrypoint');
  await window.screenshot('metrics');
});
