import { l10n } from 'vscode';
import type { Words } from './messages';

/** The page's words in the user's language. `{0}` and `{1}` are filled in by the page. */
export function pageWords(): Words {
  return {
    phases: {
      preparing: l10n.t('Preparing'),
      resolving: l10n.t('Looking for the agent'),
      connecting: l10n.t('Connecting'),
      running: l10n.t('Running'),
      waiting: l10n.t('Waiting to try again'),
      cancelling: l10n.t('Cancelling'),
      completed: l10n.t('Completed'),
      failed: l10n.t('Failed'),
      cancelled: l10n.t('Cancelled'),
    },
    kinds: { run: l10n.t('Run'), stream: l10n.t('Stream') },
    cancel: l10n.t('Cancel'),
    runAgain: l10n.t('Run Again'),
    editInputs: l10n.t('Edit Inputs'),
    openDocument: l10n.t('Open as Document'),
    jumpToEnd: l10n.t('Jump to End'),
    output: l10n.t('Output'),
    errorHeading: l10n.t('The run failed'),
    noOutput: l10n.t('No output.'),
    unknownFrame: l10n.t('Message of unknown kind'),
    ranOn: l10n.t('Agent at {0}'),
    onThisMachine: l10n.t('on this machine'),
    leftTheMachine: l10n.t('inputs leave this machine'),
    sources: {
      explicit: l10n.t('chosen for this run'),
      setting: l10n.t('from the settings'),
      registry: l10n.t('served locally'),
      cloud: l10n.t('in the cloud'),
    },
    onePiece: l10n.t('1 piece'),
    pieces: l10n.t('{0} pieces'),
    firstPiece: l10n.t('first after {0}'),
    cutNote: l10n.t('Only the first {0} of {1} characters are shown.'),
    droppedNote: l10n.t('{0} earlier characters are not shown.'),
    actions: {
      'run-as-stream': l10n.t('Run as Stream'),
      'run-as-call': l10n.t('Run as Call'),
      'show-serve-command': l10n.t('Show How to Serve'),
      'change-target': l10n.t('Change Target'),
      'edit-inputs': l10n.t('Edit Inputs'),
      'change-timeout': l10n.t('Change Time Limits'),
      'run-again': l10n.t('Run Again'),
      'show-logs': l10n.t('Show Logs'),
      'send-anyway': l10n.t('Send Anyway'),
      'set-api-key': l10n.t('Set API Key'),
    },
  };
}
