import type { ServerState, StopCause } from '../server/controller';
import type { Translate } from '../translate';

export interface StatusText {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'error';
  readonly busy: boolean;
  readonly action: 'restart' | 'showLogs';
}

/** What the language status item says. `projects` is undefined until the server has told. */
export function statusText(
  state: ServerState<unknown>,
  version: string,
  projects: number | undefined,
  t: Translate,
): StatusText {
  const calm = { severity: 'information', busy: false, action: 'showLogs' } as const;
  switch (state.kind) {
    case 'looking':
      return { ...calm, text: 'RunAgent', detail: t('looking for Python'), busy: true };
    case 'starting':
      return {
        ...calm,
        text: 'RunAgent',
        detail: t('starting with Python {0}', state.interpreter.version),
        busy: true,
      };
    case 'ready':
      return {
        ...calm,
        text: `RunAgent ${version}${projects === undefined ? '' : ` · ${count(projects, t)}`}`,
        detail: t('ready, Python {0} from {1}', state.interpreter.version, state.interpreter.origin),
      };
    case 'stopped':
      return {
        text: t('RunAgent stopped'),
        detail: stopped(state.cause, t),
        severity: state.cause === 'asked' ? 'information' : 'error',
        busy: false,
        action: 'restart',
      };
  }
}

/** Short, so that the action beside it stays in sight; the whole story is in the message and the log. */
function stopped(cause: StopCause, t: Translate): string {
  switch (cause) {
    case 'asked':
      return t('not running');
    case 'no-python':
      return t('no suitable Python');
    case 'start-failed':
      return t('did not start');
    case 'crashed':
      return t('ended unexpectedly');
  }
}

function count(projects: number, t: Translate): string {
  if (projects === 0) return t('no agents');
  return projects === 1 ? t('1 agent') : t('{0} agents', projects);
}
