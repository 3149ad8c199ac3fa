/** Editors that are no VS Code: each runs a session of its own, which writes a report and ends. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { requireVenv, root } from '../../scripts/steps.mjs';

const LIMIT_MS = 280_000;

/** Runs `command` on an agent's configuration; what its session wrote.
 *
 * The session finds in its environment SERVER (JSON list: the server's command), CONFIG (file to open) and REPORT. */
// The report is JSON of the session; the assertions of the tests are its type.
// biome-ignore lint/suspicious/noExplicitAny: see above
export function runSession(command: [string, ...string[]], agentFolder: string, env: Record<string, string>): Promise<any> {
  const home = path.dirname(agentFolder);
  const report = path.join(home, 'report.json');
  const server = [requireVenv('python'), '-I', '-S', path.join(root, 'build', 'extension', 'server', 'launch.py')];
  const config = path.join(agentFolder, 'runagent.config.json');
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, SERVER: JSON.stringify(server), CONFIG: config, REPORT: report, ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part) => {
    said += part;
  });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      try {
        resolve(JSON.parse(readFileSync(report, 'utf8')));
      } catch (error) {
        reject(new Error(`${program} ended with ${code} and no report: ${said}`, { cause: error }));
      }
    });
  });
}
