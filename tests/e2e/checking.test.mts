/** Mistakes are underlined, in the configuration and in the Python file, and go when the text is right. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from './waiting.mts';
import { scratch, Workbench } from './workbench.mts';

const files = scratch();
files.copy('hello-agent');
files.copy('broken-agent');
let window: Workbench;

before(async () => {
  window = await Workbench.open({ folder: files.folder });
});
after(async () => {
  await window?.close();
  files.remove();
});

test('mistakes are listed before any file is opened', async () => {
  await eventually('problems are counted', async () => /Errors: [1-9]/.test(await window.counts()));
  const rows = (await window.problems()).join('\n');
  assert.match(rows, /langchian/);
  assert.match(rows, /sumarize/);
  assert.doesNotMatch(rows, /hello-agent/);
  await window.screenshot('problems');
});

test('mistakes of a configuration are underlined and lenses stand above its entrypoints', async () => {
  await window.openFile('broken-agent/runagent.config.json');
  await eventually('errors and warnings are underlined', async () => {
    return (await window.squiggles('error')) >= 3 && (await window.squiggles('warning')) >= 1;
  });
  await eventually('lenses', async () => (await window.lenses()).some((text) => text.includes('Run')));
  await window.screenshot('broken-config');
});

test('a mistake goes when its text is put right', async () => {
  const before = await window.squiggles('error');
  assert.match((await window.problems()).join('\n'), /langchian/);
  await window.openFile('broken-agent/runagent.config.json');
  await window.replace(4, 17, 'langchian'.length, 'langchain');
  await eventually('the problem is gone', async () => !(await window.problems()).join('\n').includes('langchian'));
  await eventually('one squiggle less', async () => (await window.squiggles('error')) === before - 1);
  await window.screenshot('config-fixed');
});

test('the Python file shows what is wrong with its functions', async () => {
  await window.openFile('broken-agent/main.py');
  await eventually('a warning is underlined', async () => (await window.squiggles('warning')) >= 1);
  await window.screenshot('broken-python');
});

test('Run and Stream stand above the functions of a good agent, and nothing is underlined', async () => {
  await window.openFile('hello-agent/main.py');
  const lenses = await eventually('three lenses', async () => {
    const texts = await window.lenses();
    return texts.length >= 3 ? texts : undefined;
  });
  assert.ok(lenses?.some((text) => text.includes('Run')), String(lenses));
  assert.ok(lenses?.some((text) => text.includes('Stream')), String(lenses));
  assert.equal(await window.squiggles('error'), 0);
  assert.equal(await window.squiggles('warning'), 0);
  await window.screenshot('good-python');
});
