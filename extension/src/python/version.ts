import { type ExecFileException, execFile } from 'node:child_process';
import type { Translate } from '../translate';
import type { Probe, Version } from './ladder';

const LIMIT_MS = 8_000;
const QUESTION = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.executable or "")';

/**
 * Asks a program for its Python version. `-I -S` keep the user's start-up files (sitecustomize, .pth) from being
 * executed. The program itself is asked for its path too, so that a launcher such as a pyenv shim, which may choose
 * differently another time, runs only once. Answers with words for people when it is no Python, hangs or cannot be started.
 */
export function askVersion(t: Translate): Probe {
  return (executable, signal) =>
    new Promise((resolve) => {
      const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL', signal, windowsHide: true } as const;
      execFile(executable, ['-I', '-S', '-c', QUESTION], options, (error, stdout) => {
        const answer = error === null ? readAnswer(stdout) : undefined;
        if (answer === undefined) resolve({ problem: problemOf(error, t) });
        else resolve({ version: answer.version, executable: answer.executable || executable });
      });
    });
}

function readAnswer(text: string): { version: Version; executable: string } | undefined {
  const lines = /^(\d+)\.(\d+)\.(\d+)\r?\n?(.*)/.exec(text);
  if (lines === null) return undefined;
  return { version: [Number(lines[1]), Number(lines[2]), Number(lines[3])], executable: lines[4] ?? '' };
}

function problemOf(error: ExecFileException | null, t: Translate): string {
  if (error === null) return t('is not a Python');
  if (error.killed === true) return t('gave no answer within {0} s', LIMIT_MS / 1000);
  if (error.code === 'ENOENT') return t('does not exist');
  if (error.code === 'EACCES') return t('may not be executed');
  if (error.code === 'ENOTDIR') return t('is not a file');
  return t('could not be run as Python');
}
