import type { ServerState, StopCause } from '../server/controller';

export interface StatusText {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'error';
  readonly busy: boolean;
  readonly action: 'restart' | 'showLogs';
}

/** What the language status item says. `projects` is undefined until the server has told. */
export function statusText(state: ServerState<unknown>, version: string, projects?: number): StatusText {
  const calm = { severity: 'information', busy: false, action: 'showLogs' } as const;
  switch (state.kind) {
    case 'looking':
      return { ...calm, text: 'RunAgent', detail: 'looking for Python', busy: true };
    case 'starting':
      return {
        ...calm,
        text: 'RunAgent',
        detail: `starting with Python ${state.interpreter.version}`,
        busy: true,
      };
    case 'ready':
      return {
        ...calm,
        text: `RunAgent ${version}${projects === undefined ? '' : ` · ${count(projects)}`}`,
        detail: `ready, Python ${state.interpreter.version} from ${state.interpreter.origin}`,
      };
    case 'stopped':
      return {
        text: 'RunAgent stopped',
        detail: STOPPED[state.cause],
        severity: state.cause === 'asked' ? 'information' : 'error',
        busy: false,
        action: 'restart',
      };
  }
}

/** Short, so that the action beside it stays in sight; the whole story is in the message and the log. */
const STOPPED: Readonly<Record<StopCause, string>> = {
  asked: 'not running',
  'no-python': 'no suitable Python',
  'start-failed': 'did not start',
  crashed: 'ended unexpectedly',
};

function count(projects: number): string {
  if (projects === 0) return 'no agents';
  return projects === 1 ? '1 agent' : `${projects} agents`;
}
