import type { ServerState } from './controller';

/** A line for the log. */
export function describeState(state: ServerState<unknown>): string {
  switch (state.kind) {
    case 'looking':
      return 'Looking for a Python that can run the server.';
    case 'starting': {
      const { executable, version, origin } = state.interpreter;
      return `Starting the server with ${executable} (Python ${version} from ${origin}).`;
    }
    case 'ready':
      return 'The server is ready.';
    case 'stopped':
      return `The server is stopped. ${state.message}`.trimEnd();
  }
}
