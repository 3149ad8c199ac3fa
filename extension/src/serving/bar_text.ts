import type { ServerStatus } from '../server/protocol.generated';
import type { Translate } from '../translate';
import type { ServedAgent } from './served_agents';

/** What the status bar says of one agent. */
export interface BarText {
  /** With codicons in `$(…)`. */
  readonly text: string;
  /** The whole sentence, for screen readers and as the tooltip. */
  readonly sentence: string;
  readonly severity: 'calm' | 'warning' | 'error';
}

/** `time` writes seconds since 1970 as a time of day; `served` is undefined for an agent nobody asked to serve. */
export function barText(
  name: string,
  served: ServedAgent | undefined,
  t: Translate,
  time: (seconds: number) => string,
): BarText {
  const text = bar(name, served, t, time);
  const failure = served?.status.failure?.message.trim().split('\n')[0];
  const whole = failure === undefined ? text.sentence : `${text.sentence} ${failure}`;
  return { ...text, sentence: whole };
}

/** The same where the settings send the agent's runs to an address, whoever serves it here. */
export function withTarget(shown: BarText, address: string | undefined, t: Translate): BarText {
  if (address === undefined) return shown;
  const goes = t('Runs of it go to {0}, as the settings say.', address);
  return { ...shown, text: `${shown.text} $(arrow-right) ${address}`, sentence: `${shown.sentence} ${goes}` };
}

/** Instead of how the agent is, while nobody knows. */
export function stoppedText(t: Translate): BarText {
  return {
    text: `$(error) ${t('RunAgent stopped')}`,
    sentence: t(
      'The RunAgent language server is not running: nothing is checked, served or run. Restart it.',
    ),
    severity: 'error',
  };
}

function bar(
  name: string,
  served: ServedAgent | undefined,
  t: Translate,
  time: (seconds: number) => string,
): BarText {
  const status = served?.status;
  switch (status?.state) {
    case 'starting':
      return {
        text: `$(loading~spin) ${t('{0}: starting', name)}`,
        sentence: [t('The agent {0} is starting.', name), served?.step].filter(Boolean).join(' '),
        severity: 'calm',
      };
    case 'ready':
      return readyText(name, status, t);
    case 'reloading':
      return {
        text: `$(sync~spin) ${name} :${status.port ?? '?'}`,
        sentence: t('The agent {0} is reloading; it goes on answering at {1}.', name, addressOf(status)),
        severity: 'calm',
      };
    case 'stale':
      return staleText(name, status, t, time);
    case 'stopping':
      return {
        text: `$(loading~spin) ${t('{0}: stopping', name)}`,
        sentence: t('The agent {0} is stopping.', name),
        severity: 'calm',
      };
    case 'failed':
      return {
        text: `$(error) ${t('{0}: failed', name)}`,
        sentence: t('The agent {0} is not served, because it failed.', name),
        severity: 'error',
      };
    default:
      return {
        text: `$(circle-slash) ${t('{0}: not served', name)}`,
        sentence: t('The agent {0} is not served.', name),
        severity: 'calm',
      };
  }
}

function readyText(name: string, status: ServerStatus, t: Translate): BarText {
  const debugs = status.debugPort !== undefined;
  const text = `$(${debugs ? 'bug' : 'pass'}) ${name} :${status.port ?? '?'}`;
  return { text, sentence: readySentence(name, status, t), severity: 'calm' };
}

function readySentence(name: string, status: ServerStatus, t: Translate): string {
  const address = addressOf(status);
  if (status.own === false) {
    return t('The agent {0} is served at {1}, by another editor or a terminal.', name, address);
  }
  return status.debugPort === undefined
    ? t('The agent {0} is served at {1}.', name, address)
    : t('The agent {0} is served at {1}, for debugging.', name, address);
}

function staleText(
  name: string,
  status: ServerStatus,
  t: Translate,
  time: (seconds: number) => string,
): BarText {
  const since = time(status.staleSince ?? status.since);
  return {
    text: `$(warning) ${t('{0} :{1} stale since {2}', name, status.port ?? '?', since)}`,
    sentence: t(
      'The agent {0} is stale since {1}: its changed code does not start, so the code of before answers at {2}.',
      name,
      since,
      addressOf(status),
    ),
    severity: 'warning',
  };
}

function addressOf({ address, host, port }: ServerStatus): string {
  return address ?? `${host ?? '127.0.0.1'}:${port ?? '?'}`;
}
