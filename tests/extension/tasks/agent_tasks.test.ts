import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  programOnPath,
  readTask,
  taskArguments,
  taskName,
  toolFolders,
} from '../../../extension/src/tasks/agent_tasks';

describe('a task of tasks.json', () => {
  it('needs its action only', () => {
    expect(readTask({ type: 'runagent', action: 'serve' })).toEqual({ action: 'serve', path: '', args: [] });
  });

  it.each([
    [{}, /"action" must be one of serve, deploy, upload, start/],
    [{ action: 'rm' }, /"action"/],
    [{ action: 'serve', path: 3 }, /"path"/],
    [{ action: 'serve', args: 'x' }, /"args"/],
    [{ action: 'serve', args: [1] }, /"args"/],
  ])('%j is refused with a reason', (definition, problem) => {
    expect(readTask(definition)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each([
    [{ action: 'serve', path: 'a b', args: ['--port', '8450'] } as const, ['serve', '.', '--port', '8450']],
    [{ action: 'deploy', path: '', args: ['--overwrite'] } as const, ['deploy', '.', '--overwrite']],
    [{ action: 'start', path: '', args: ['--id', 'x'] } as const, ['start', '--id', 'x']],
  ])('becomes the words of the command line', (task, words) => {
    expect(taskArguments(task)).toEqual(words);
  });

  it('is named by what it does and where', () => {
    expect(taskName({ action: 'serve', path: '', args: [] })).toBe('serve');
    expect(taskName({ action: 'upload', path: 'agents/one', args: [] })).toBe('upload agents/one');
  });
});

describe('the command line tool of an agent', () => {
  it('is looked for beside its Python first', () => {
    expect(toolFolders('/e/bin/python', '/a', 'linux')).toEqual(['/e/bin', path.join('/a', '.venv', 'bin')]);
    expect(toolFolders(undefined, '/a', 'win32')).toEqual([path.join('/a', '.venv', 'Scripts')]);
  });
});

describe('a program on the PATH', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'runagent-path-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the first that can be executed', async () => {
    const [one, two] = ['one', 'two'].map((name) => path.join(folder, name)) as [string, string];
    for (const [bin, mode] of [
      [one, 0o644],
      [two, 0o755],
    ] as const) {
      mkdirSync(bin);
      writeFileSync(path.join(bin, 'runagent'), '');
      chmodSync(path.join(bin, 'runagent'), mode);
    }
    const found = await programOnPath('runagent', ['relative', '', one, two].join(path.delimiter), 'linux');
    expect(found).toBe(path.join(two, 'runagent'));
    expect(await programOnPath('runagent', one, 'linux')).toBeUndefined();
    expect(await programOnPath('runagent', '', 'linux')).toBeUndefined();
  });

  it('has an ending on Windows', async () => {
    writeFileSync(path.join(folder, 'runagent.exe'), '', { mode: 0o755 });
    expect(await programOnPath('runagent', folder, 'win32')).toBe(path.join(folder, 'runagent.exe'));
    expect(await programOnPath('runagent', folder, 'linux')).toBeUndefined();
  });
});
