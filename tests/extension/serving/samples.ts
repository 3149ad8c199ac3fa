import type { ServerStatus } from '../../../extension/src/server/protocol.generated';
import type { ServedAgent } from '../../../extension/src/serving/served_agents';

export const CONFIG = 'file:///p/runagent.config.json';

export function status(state: ServerStatus['state'], more: Partial<ServerStatus> = {}): ServerStatus {
  return {
    configUri: CONFIG,
    state,
    own: true,
    agentId: 'a',
    since: 1_800_000_000,
    registered: false,
    running: 0,
    waiting: 0,
    entrypoints: [],
    ...more,
  };
}

export function up(state: ServerStatus['state'], more: Partial<ServerStatus> = {}): ServerStatus {
  return status(state, { host: '127.0.0.1', port: 8450, address: '127.0.0.1:8450', ...more });
}

export function served(of: ServerStatus, more: Partial<ServedAgent> = {}): ServedAgent {
  return { status: of, step: null, requirements: null, ...more };
}

export const FAILURE: NonNullable<ServerStatus['failure']> = {
  code: 'AGENT_START_ERROR',
  message: 'invalid syntax (main.py, line 4)\nmore',
  suggestion: 'Put it right and save.',
  exception: 'SyntaxError',
  frames: [
    { uri: 'file:///p/main.py', file: 'main.py', line: 3, function: null, text: 'def (:' },
    { uri: null, file: '/usr/lib/x.py', line: 9, function: 'load', text: null },
  ],
};
