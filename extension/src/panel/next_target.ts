import type { Address, RunOptions } from '../runs/run';
import { addressText, isLoopback } from '../runs/run_options';
import type { ServerStatus } from '../server/protocol.generated';
import { answers } from '../serving/served_agents';
import type { Translate } from '../translate';

/** Where the next run will go, as far as that is known before anybody is asked. */
export interface NextTarget {
  readonly kind: 'local' | 'address' | 'cloud';
  readonly label: string;
  /** What that means for the inputs. */
  readonly detail: string;
  /** Whether the inputs leave this machine. */
  readonly leaves: boolean;
}

export interface KnownTargets {
  /** The address of the settings. */
  readonly setting: Address | undefined;
  /** How the agent is served by this editor. */
  readonly served: ServerStatus | undefined;
  /** Where runs in the cloud go; undefined while it is not known. */
  readonly cloudUrl: string | undefined;
}

/** Says where a run with these options goes. */
export function nextTarget(options: RunOptions, known: KnownTargets, t: Translate): NextTarget {
  if (options.cloud === true) {
    const label =
      known.cloudUrl === undefined ? t('RunAgent Cloud') : t('RunAgent Cloud at {0}', known.cloudUrl);
    return { kind: 'cloud', label, detail: t('inputs leave this machine'), leaves: true };
  }
  const { address = known.setting } = options;
  if (address === undefined) return local(known.served, t);
  const leaves = !isLoopback(address.host);
  const where = leaves ? t('inputs leave this machine') : t('on this machine');
  const why = options.address === undefined ? t('from the settings') : t('chosen here');
  return {
    kind: 'address',
    label: t('Agent at {0}', addressText(address)),
    detail: `${why}, ${where}`,
    leaves,
  };
}

function local(served: ServerStatus | undefined, t: Translate): NextTarget {
  const running = served !== undefined && answers(served) ? served.address : undefined;
  return {
    kind: 'local',
    label: t('This machine'),
    detail:
      running === undefined
        ? t('the agent is started when it is needed')
        : t('the agent runs at {0}', running),
    leaves: false,
  };
}
