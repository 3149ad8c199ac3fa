import { l10n } from 'vscode';
import { errorHints } from '../runs/error_hints';
import type { ErrorWords } from './webview/error/words';

/** The words of `<run-error>` in the user's language. */
export function errorWords(): ErrorWords {
  return {
    heading: l10n.t('The run failed'),
    refusedHeading: l10n.t('Nothing was sent: the inputs do not fit'),
    kinds: {
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
    traceback: l10n.t('Where it failed, innermost call last'),
    inFunction: l10n.t('in {0}'),
    outsideSteps: l10n.t('{0} calls outside the project'),
    oneOutsideStep: l10n.t('1 call outside the project'),
    repeated: l10n.t('{0} times in a row'),
    actions: {
      'run-as-stream': l10n.t('Run as Stream'),
      'run-as-call': l10n.t('Run as Call'),
      'show-serve-command': l10n.t('Show How to Serve'),
      'change-target': l10n.t('Change Target'),
      'edit-inputs': l10n.t('Edit Inputs'),
      'change-timeout': l10n.t('Change Time Limits'),
      'run-again': l10n.t('Run Again'),
      'show-logs': l10n.t('Show Logs'),
      'show-problems': l10n.t('Show Problems'),
      'send-anyway': l10n.t('Send Anyway'),
      'set-api-key': l10n.t('Set API Key'),
    },
    hints: errorHints(l10n.t),
    debug: l10n.t('Debug with This Input'),
    copy: l10n.t('Copy Error'),
    details: l10n.t('Details'),
    showAll: l10n.t('Show all {0} characters'),
  };
}
