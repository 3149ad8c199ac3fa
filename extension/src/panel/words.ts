import { l10n } from 'vscode';
import { errorWords } from './error_words';
import type { PageWords, TargetWords, Words } from './messages';
import { outputWords } from './output_words';

/** All words of a page in the user's language. `{0}` and `{1}` are filled in by the page. */
export function allWords(): Words {
  return { page: pageWords(), target: targetWords(), error: errorWords(), output: outputWords() };
}

function pageWords(): PageWords {
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
    actions: { run: l10n.t('Run'), stream: l10n.t('Stream'), debug: l10n.t('Debug') },
    inputs: l10n.t('Inputs'),
    notRun: l10n.t('Not run yet'),
    loading: l10n.t('Reading the signature…'),
    cancel: l10n.t('Cancel'),
    attempts: l10n.t('{0} attempts'),
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
