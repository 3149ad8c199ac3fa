import type { Address, RunOptions, RunRequest } from '../runs/run';
import type { ServerStatus } from '../server/protocol.generated';

/**
 * The run as it is sent to the agent that the debugger is attached to, wherever it would go otherwise; `setting` is
 * the address that the settings name. Nothing but the connection has a time limit: whoever steps through code takes
 * their time.
 */
export function debuggedRun(
  request: RunRequest,
  { host, port }: Partial<ServerStatus>,
  setting: Address | undefined,
): RunRequest {
  const { userId, persistentMemory, timeouts } = request;
  const isRedirected = setting !== undefined && host !== undefined && port !== undefined;
  const instead: RunOptions = {
    ...(userId === undefined ? {} : { userId }),
    ...(persistentMemory === undefined ? {} : { persistentMemory }),
    timeouts: { ...timeouts, idle: null, total: null },
    // Without an address the agent is found as the one that is served here, of which a run knows most.
    ...(isRedirected ? { address: { host, port } } : {}),
  };
  return { ...request, instead };
}
