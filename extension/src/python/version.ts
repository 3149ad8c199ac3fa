import { execFile } from 'node:child_process';
import type { Probe, Version } from './ladder';

const LIMIT_MS = 8_000;
const QUESTION = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.executable or "")';

/**
 * Asks a program for its Python version. `-I -S` keep the user's start-up files (sitecustomize, .pth) from being
 * executed. The program itself is asked for its path too, so that a launcher such as a pyenv shim, which may choose
 * differently another time, runs only once. Answers with words for people when it is no Python, hangs or cannot be started.
 */
export const askVersion: Probe = (executable, signal) =>
  new Promise((resolve) => {
    const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL', signal, windowsHide: true } as const;
    execFile(executable, ['-I', '-S', '-c', QUESTION], options, (error, stdout) => {
      const answer = readAnswer(stdout);
      if (error === null && answer !== undefined) {
        resolve({ version: answer.version, executable: answer.executable || executable });
      } else if (error?.killed === true) {
        resolve({ problem: `gave no answer within ${LIMIT_MS / 1000} s` });
      } else {
        resolve({ problem: error === null ? 'is not a Python' : reason(error) });
      }
    });
  });

function readAnswer(text: string): { version: Version; executable: string } | undefined {
  const lines = /^(\d+)\.(\d+)\.(\d+)\r?\n?(.*)/.exec(text);
  if (lines === null) return undefined;
  return { version: [Number(lines[1]), Number(lines[2]), Number(lines[3])], executable: lines[4] ?? '' };
}

function reason(error: Error & { code?: unknown }): string {
  if (error.code === 'ENOENT') return 'does not exist';
  if (error.code === 'EACCES') return 'may not be executed';
  if (error.code === 'ENOTDIR') return 'is not a file';
  return 'could not be run as Python';
}
