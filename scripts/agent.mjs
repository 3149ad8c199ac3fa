// Serves an agent with the real runagent package: own registry, own process group, loopback only.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { endGroup } from './editor/server.mjs';
import { requireVenv, root, StepError } from './steps.mjs';

/** @typedef {{host: string, port: number, agentId: string, cacheDir: string, stop: () => Promise<void>}} ServedAgent */

/** Resolves once the agent answers. @param {string} folder @returns {Promise<ServedAgent>} */
export function serveAgent(folder) {
  const child = spawn(requireVenv('python'), [path.join(root, 'tests', 'serve_real_agent.py'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.stdin.end(); // its sign to end the agent's processes and to remove the registry
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    endGroup(child.pid);
  };
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve({ ...JSON.parse(line), stop }));
    child.once('error', reject);
    child.once('exit', () => reject(new StepError(`the agent in ${folder} could not be served`)));
  });
}
