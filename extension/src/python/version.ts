import { execFile } from 'node:child_process';
import type { Probe } from './ladder';

const LIMIT_MS = 8_000;
const QUESTION = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';

/**
 * Asks a program for its Python version. `-I -S` keep the user's start-up files (sitecustomize, .pth) from being
 * executed. Answers with words for people when it is no Python, hangs or cannot be started.
 */
export const askVersion: Probe = (executable, signal) =>
  new Promise((resolve) => {
    const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL', signal, windowsHide: true } as const;
    execFile(executable, ['-I', '-S', '-c', QUESTION], options, (error, stdout) => {
      const version = /^(\d+)\.(\d+)\.(\d+)\s*$/.exec(stdout);
      if (error === null && version !== null) {
        resolve({ version: [Number(version[1]), Number(version[2]), Number(version[3])] });
      } else if (error?.killed === true) {
        resolve({ problem: `gave no answer within ${LIMIT_MS / 1000} s` });
      } else {
        resolve({ problem: error === null ? 'is not a Python' : reason(error) });
      }
    });
  });

function reason(error: Error & { code?: unknown }): string {
  if (error.code === 'ENOENT') return 'does not exist';
  if (error.code === 'EACCES') return 'may not be executed';
  if (error.code === 'ENOTDIR') return 'is not a file';
  return 'could not be run as Python';
}
