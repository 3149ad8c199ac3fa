import { l10n } from 'vscode';
import { errorWords } from './error_words';
import { formWords } from './form_words';
import type { CaseWords, OptionWords, PageWords, TargetWords, Words } from './messages';
import { outputWords } from './output_words';

/** All words of a page in the user's language. `{0}` and `{1}` are filled in by the page. */
export function allWords(): Words {
  return {
    page: pageWords(),
    target: targetWords(),
    form: formWords(),
    error: errorWords(),
    output: outputWords(),
  };
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
    result: l10n.t('Result'),
    loading: l10n.t('Reading the signature…'),
    cancel: l10n.t('Cancel'),
    attempts: l10n.t('{0} attempts'),
    functionStopped: l10n.t("The agent's function was stopped."),
    functionMayGoOn: l10n.t("The editor no longer waits, but the agent's function may still be running."),
    runHint: l10n.t('Ctrl+Enter'),
    runHintMac: l10n.t('Cmd+Enter'),
    changeTarget: l10n.t('Change where runs go, now: {0}'),
    cases: caseWords(),
    options: optionWords(),
    session: {
      interrupted: l10n.t('The session of this run was interrupted.'),
      notHere: l10n.t(
        'This session is not kept in the folder of the agent on this machine: the agent ran elsewhere, or it was deleted.',
      ),
      noResume: l10n.t('To be resumed, an entrypoint needs the parameters session_id and resume_from_step.'),
      resume: l10n.t('Resume Session'),
      show: l10n.t('Show Session'),
    },
  };
}

function caseWords(): CaseWords {
  return {
    label: l10n.t('Case'),
    none: l10n.t('No case'),
    changed: l10n.t('{0} (changed)'),
    save: l10n.t('Save Inputs into Case'),
    saveAs: l10n.t('Save Inputs as New Case…'),
    open: l10n.t('Open Case File'),
    remove: l10n.t('Delete Case…'),
  };
}

function optionWords(): OptionWords {
  return {
    title: l10n.t('Options'),
    userId: l10n.t('User ID'),
    userIdHint: l10n.t('On whose behalf the agent runs; matters in RunAgent Cloud only.'),
    memory: l10n.t('Keep what the agent remembers of this user'),
    limits: l10n.t('Time limits in seconds'),
    limitsHint: l10n.t('Empty: as in the settings. 0: no limit.'),
    limit: { connect: l10n.t('To connect'), idle: l10n.t('Between outputs'), total: l10n.t('In all') },
    noNumber: l10n.t('This is not a number of seconds.'),
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
