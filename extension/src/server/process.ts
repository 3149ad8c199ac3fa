import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Translate } from '../translate';
import type { LaunchPlan } from './plan';

const REMEMBERED_LINES = 5;

/** The server's operating system process: its last words, and an end that is certain. */
export class ServerProcess {
  readonly child: ChildProcessWithoutNullStreams;
  #lastLines: string[] = [];

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    let rest = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-2000);
      this.#lastLines = [...this.#lastLines, ...lines.filter((line) => line.trim() !== '')].slice(
        -REMEMBERED_LINES,
      );
    });
    // Writing to a process that has just died must not end the extension host.
    child.stdin.on('error', () => undefined);
  }

  /** Rejects when the program cannot be started at all. */
  static async start(plan: LaunchPlan, t: Translate): Promise<ServerProcess> {
    const child = spawn(plan.command, plan.args, { cwd: plan.cwd, stdio: 'pipe', windowsHide: true });
    const started = new ServerProcess(child);
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new Error(t('{0} could not be started: {1}', plan.command, String(error)));
    }
    child.on('error', () => undefined);
    return started;
  }

  /** What it wrote last on its error stream, complete if the process ends within `patience` milliseconds. */
  async lastWords(patience: number): Promise<readonly string[]> {
    if (!this.child.stderr.closed) {
      const limit = AbortSignal.timeout(patience);
      await once(this.child.stderr, 'close', { signal: limit }).catch(() => undefined);
    }
    return this.#lastLines;
  }

  /** Waits for the process to end by itself for `patience` milliseconds, then ends it. */
  async end(patience: number): Promise<void> {
    if (hasEnded(this.child)) return;
    const exited = once(this.child, 'exit');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patience);
    await exited;
    clearTimeout(timer);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
