import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rung } from '../../../extension/src/python/ladder';
import {
  environmentPython,
  expandSetting,
  isInside,
  pathRung,
  pythonsOnPath,
  settingRung,
  workspaceEnvironmentRung,
} from '../../../extension/src/python/local_rungs';
import { askVersion } from '../../../extension/src/python/version';
import { plain } from '../plain';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rungs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function program(file: string, text = '#!/bin/sh\necho 3.12.4\n'): string {
  const full = path.join(folder, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, 0o755);
  return full;
}

const candidates = (rung: Rung) => rung.candidates(new AbortController().signal);
const nothing = async () => [];

describe('the PATH', () => {
  it('gives every Python once, python3 of any folder first', async () => {
    const python = program('a/python');
    const python3 = program('b/python3');
    symlinkSync(python3, path.join(folder, 'b', 'python3.12'));
    const found = await pythonsOnPath(
      [path.join(folder, 'a'), path.join(folder, 'b')].join(path.delimiter),
      [],
    );
    expect(found).toEqual([python3, python]);
  });

  it('leaves out relative folders, folders named python and files that are no programs', async () => {
    mkdirSync(path.join(folder, 'c', 'python3'), { recursive: true });
    chmodSync(program('d/python3'), 0o644);
    const relative = path.relative(process.cwd(), path.dirname(program('e/python3')));
    const variable = [path.join(folder, 'c'), path.join(folder, 'd'), relative, '.', ''].join(path.delimiter);
    expect(await pythonsOnPath(variable, [])).toEqual([]);
  });

  it('leaves out whatever lies in a forbidden folder, through links too', async () => {
    const own = program('usr/python3');
    const foreign = program('workspace/bin/python3');
    mkdirSync(path.join(folder, 'links'));
    symlinkSync(foreign, path.join(folder, 'links', 'python3'));
    const variable = ['workspace/bin', 'links', 'usr']
      .map((name) => path.join(folder, name))
      .join(path.delimiter);
    expect(await pythonsOnPath(variable, [path.join(folder, 'workspace')])).toEqual([own]);
  });

  it('says when it has none', async () => {
    expect(await candidates(pathRung(nothing, plain))).toEqual({ absent: 'has no python3 or python' });
  });
});

describe('the setting', () => {
  it('may be left empty', async () => {
    expect(await candidates(settingRung('', nothing, plain))).toEqual({
      absent: 'is not set',
      isUnused: true,
    });
  });

  it('may name a program, the folder of an environment or a name on the PATH', async () => {
    const python = program('env/bin/python');
    expect(await candidates(settingRung(python, nothing, plain))).toEqual([python]);
    const environment = path.join(folder, 'env');
    expect(await candidates(settingRung(environment, nothing, plain))).toEqual([
      environmentPython(environment),
    ]);
    const onPath = async () => ['/a/python3', '/b/python3.12', '/c/python3.12'];
    expect(await candidates(settingRung('python3.12', onPath, plain))).toEqual(['/b/python3.12']);
    expect(await candidates(settingRung('python9', onPath, plain))).toEqual({
      absent: 'python9 is not on the PATH',
    });
  });

  it('has its variables replaced', () => {
    const environment = { TOOLS: '/tools' };
    expect(expandSetting(' ~/py ', undefined, environment)).toBe(`${homedir()}/py`);
    expect(expandSetting('${workspaceFolder}/.venv', '/ws', environment)).toBe('/ws/.venv');
    expect(expandSetting('${env:TOOLS}/python', '/ws', environment)).toBe('/tools/python');
    expect(expandSetting('.venv/bin/python', '/ws', environment)).toBe(path.join('/ws', '.venv/bin/python'));
    expect(expandSetting('python3', '/ws', environment)).toBe('python3');
  });
});

describe("the workspace's environment", () => {
  it('is .venv or venv in any folder', async () => {
    const first = program('one/venv/bin/python');
    const second = program('two/.venv/bin/python');
    const rung = workspaceEnvironmentRung([path.join(folder, 'one'), path.join(folder, 'two')], plain);
    expect(await candidates(rung)).toEqual([first, second]);
  });

  it('may not exist', async () => {
    expect(await candidates(workspaceEnvironmentRung([folder], plain))).toEqual({ absent: 'does not exist' });
  });
});

describe('asking for the version', () => {
  const signal = new AbortController().signal;

  it('reads what the program prints, and gives it no way to load foreign code', async () => {
    const python = program('python3', '#!/bin/sh\n[ "$1 $2 $3" = "-I -S -c" ] && echo 3.11.9\n');
    expect(await askVersion(plain)(python, signal)).toEqual({ version: [3, 11, 9], executable: python });
  });

  it('learns which Python a launcher stands for', async () => {
    const launcher = program('python3', '#!/bin/sh\nprintf "3.11.9\\n/opt/python3.11\\n"\n');
    expect(await askVersion(plain)(launcher, signal)).toEqual({
      version: [3, 11, 9],
      executable: '/opt/python3.11',
    });
  });

  it.each([
    ['is no Python', '#!/bin/sh\necho hello\n', 'is not a Python'],
    ['fails', '#!/bin/sh\nexit 3\n', 'could not be run as Python'],
  ])('says that a program %s', async (_what, text, problem) => {
    expect(await askVersion(plain)(program('python3', text), signal)).toEqual({ problem });
  });

  it('says that a program is missing or may not be run', async () => {
    expect(await askVersion(plain)(path.join(folder, 'none'), signal)).toEqual({ problem: 'does not exist' });
    const text = program('text');
    chmodSync(text, 0o644);
    expect(await askVersion(plain)(text, signal)).toEqual({ problem: 'may not be executed' });
  });

  it('gives up with its rung', async () => {
    const abort = new AbortController();
    const asking = askVersion(plain)(program('python3', '#!/bin/sh\nexec sleep 60\n'), abort.signal);
    abort.abort();
    expect(await asking).toEqual({ problem: 'could not be run as Python' });
  });
});

describe('isInside', () => {
  it.each([
    ['/ws/a', '/ws', true],
    ['/ws', '/ws', true],
    ['/ws/..a', '/ws', true],
    ['/ws-2/a', '/ws', false],
    ['/', '/ws', false],
  ])('%s in %s: %s', (file, parent, expected) => {
    expect(isInside(file, parent)).toBe(expected);
  });
});
