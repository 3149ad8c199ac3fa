import { placeOfFailure } from '../runs/frames';
import type { Translate } from '../translate';
import { answers, isUp, type ServedAgent } from './served_agents';

/** What can be done with an agent from the status bar. */
export type MenuAction =
  | 'start'
  | 'startRegistered'
  | 'stop'
  | 'restart'
  | 'debug'
  | 'verify'
  | 'showFailure'
  | 'install'
  | 'showLog'
  | 'copyAddress'
  | 'manageTrust';

export interface MenuRow {
  readonly action: MenuAction;
  readonly label: string;
  readonly description?: string;
}

/** The rows of the menu, those first that help most in this state. In Restricted Mode nothing is executed. */
export function menuRows(served: ServedAgent | undefined, trusted: boolean, t: Translate): MenuRow[] {
  const status = served?.status;
  const rows: (MenuRow | false)[] = [
    status?.failure !== undefined &&
      placeOfFailure(status.failure) !== undefined && {
        action: 'showFailure',
        label: t('$(go-to-file) Go to the Error'),
        description: firstLine(status.failure.message),
      },
    trusted &&
      served?.requirements != null && {
        action: 'install',
        label: t('$(cloud-download) Install Missing Requirements'),
        description: served.requirements.missing.join(', '),
      },
    ...(trusted ? controls(served, t) : [trustRow(t)]),
    { action: 'showLog', label: t('$(output) Show Log') },
    status?.address !== undefined &&
      answers(status) && {
        action: 'copyAddress',
        label: t('$(copy) Copy Address'),
        description: status.address,
      },
  ];
  return rows.filter((row) => row !== false);
}

function trustRow(t: Translate): MenuRow {
  return {
    action: 'manageTrust',
    label: t('$(shield) Manage Workspace Trust'),
    description: t('agents do not run in Restricted Mode'),
  };
}

function controls(served: ServedAgent | undefined, t: Translate): MenuRow[] {
  const debug: MenuRow = { action: 'debug', label: t('$(debug-alt) Debug…') };
  const verify: MenuRow = {
    action: 'verify',
    label: t('$(checklist) Verify Entrypoints'),
    description: t('imports them and says what is there'),
  };
  if (!isUp(served?.status)) {
    const registered: MenuRow = {
      action: 'startRegistered',
      label: t('$(play) Serve and Register'),
      description: t('so that RunAgent’s own tools on this machine find it'),
    };
    return [{ action: 'start', label: t('$(play) Serve') }, registered, debug, verify];
  }
  // Another editor or a terminal serves it: they alone can end it.
  if (served?.status.own === false) return [debug, verify];
  return [
    { action: 'restart', label: t('$(debug-restart) Restart') },
    { action: 'stop', label: t('$(debug-stop) Stop') },
    debug,
    verify,
  ];
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
