import type { ServerState } from '../server/controller';

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
        detail: state.message,
        severity: state.cause === 'asked' ? 'information' : 'error',
        busy: false,
        action: 'restart',
      };
  }
}

function count(projects: number): string {
  if (projects === 0) return 'no agents';
  return projects === 1 ? '1 agent' : `${projects} agents`;
}
