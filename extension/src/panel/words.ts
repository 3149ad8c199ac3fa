import { l10n } from 'vscode';
import { errorHints } from '../runs/error_hints';
import type { ErrorWords, TargetWords, Words } from './messages';

/** The page's words in the user's language. `{0}` and `{1}` are filled in by the page. */
export function pageWords(): Words {
  return {
    phases: {
      preparing: l10n.t('Preparing'),
      resolving: l10n.t('Looking for the agent'),
      serving: l10n.t('Starting the agent'),
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
    ...errorWords(),
    noOutput: l10n.t('No output.'),
    unknownFrame: l10n.t('Message of unknown kind'),
    ...targetWords(),
    onePiece: l10n.t('1 piece'),
    pieces: l10n.t('{0} pieces'),
    firstPiece: l10n.t('first after {0}'),
    attempts: l10n.t('{0} attempts'),
    cutNote: l10n.t('Only the first {0} of {1} characters are shown.'),
    droppedNote: l10n.t('{0} earlier characters are not shown.'),
  };
}

function targetWords(): TargetWords {
  return {
    ranOn: l10n.t('Agent at {0}'),
    ranInCloud: l10n.t('RunAgent Cloud at {0}'),
    onThisMachine: l10n.t('on this machine'),
    leftTheMachine: l10n.t('inputs leave this machine'),
    copiesToCloud: l10n.t('its server sends a copy of inputs and outputs to RunAgent Cloud'),
    sources: {
      explicit: l10n.t('chosen for this run'),
      setting: l10n.t('from the settings'),
      registry: l10n.t('served locally'),
      served: l10n.t('served from this workspace'),
      cloud: l10n.t('chosen for this run'),
    },
  };
}

function errorWords(): ErrorWords {
  return {
    errorHeading: l10n.t('The run failed'),
    refusedHeading: l10n.t('Nothing was sent: the inputs do not fit'),
    errorKinds: {
      network: l10n.t('network trouble'),
      dns: l10n.t('host name not found'),
      tls: l10n.t('no secure connection'),
      'timeout-connect': l10n.t('no connection in time'),
      'timeout-idle': l10n.t('nothing more came in time'),
      'timeout-total': l10n.t('not done in time'),
      protocol: l10n.t('answer not understood'),
      'circuit-open': l10n.t('calls paused after repeated failures'),
      overloaded: l10n.t('too many runs at once'),
    },
    tracebackHeading: l10n.t('Where it failed, innermost call last'),
    inFunction: l10n.t('in {0}'),
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
    hints: errorHints(l10n.t),
  };
}
