import type { ClientNotifications, Requests, ServerNotifications } from './protocol.generated';

/** The server as the rest of the shell sees it: our own messages, typed; see docs/protocol.md. */
export interface AgentServer {
  request<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
  notify<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): void;
}

/** Who wants to hear what the server says by itself. */
export type ServerListener = {
  [M in keyof ServerNotifications]: (params: ServerNotifications[M]) => void;
};

/** Every notification of `ServerNotifications`, for registering all of them; the type keeps the list complete. */
export const SERVER_NOTIFICATIONS: { readonly [M in keyof ServerNotifications]: M } = {
  'runagent/runState': 'runagent/runState',
  'runagent/output': 'runagent/output',
  'runagent/projectsChanged': 'runagent/projectsChanged',
  'runagent/casesChanged': 'runagent/casesChanged',
  'runagent/batchProgress': 'runagent/batchProgress',
  'runagent/serve/event': 'runagent/serve/event',
  'runagent/history/changed': 'runagent/history/changed',
};
