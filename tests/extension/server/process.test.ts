import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { LaunchPlan } from '../../../extension/src/server/plan';
import { ServerProcess } from '../../../extension/src/server/process';
import { plain } from '../plain';

function plan(command: string, ...args: string[]): LaunchPlan {
  return {
    command,
    args,
    cwd: import.meta.dirname,
    interpreter: { executable: command, version: '3.12.0', origin: 'the PATH' },
  };
}

describe('the server process', () => {
  it('keeps its last words', async () => {
    const script = 'for (let i = 1; i <= 8; i++) console.error("line " + i)';
    const server = await ServerProcess.start(plan(process.execPath, '-e', script), plain);
    expect(await server.lastWords(20_000)).toEqual(['line 4', 'line 5', 'line 6', 'line 7', 'line 8']);
  });

  it('does not wait for the last words of one that lives', async () => {
    const server = await ServerProcess.start(
      plan(process.execPath, '-e', 'setInterval(() => {}, 1000)'),
      plain,
    );
    expect(await server.lastWords(10)).toEqual([]);
    await server.end(10);
  });

  it('says which program could not be started', async () => {
    await expect(ServerProcess.start(plan('/nowhere/python'), plain)).rejects.toThrow(
      '/nowhere/python could not be started',
    );
  });

  it('ends a process that does not want to', async () => {
    const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.error("up")';
    const server = await ServerProcess.start(plan(process.execPath, '-e', script), plain);
    await once(server.child.stderr, 'data');
    await server.end(10);
    expect(server.child.signalCode).toBe('SIGKILL');
    await server.end(10);
  });
});
