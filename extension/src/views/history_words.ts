import { l10n } from 'vscode';
import type { CaseWords } from '../history/case_comparison';
import type { HistoryWords } from '../history/run_item';
import type { TranscriptWords } from '../history/transcript_text';

export function historyWords(): HistoryWords {
  return {
    states: {
      running: l10n.t('running'),
      completed: l10n.t('completed'),
      failed: l10n.t('failed'),
      cancelled: l10n.t('cancelled'),
      interrupted: l10n.t('interrupted'),
    },
    inCloud: l10n.t('in the cloud'),
    pinned: l10n.t('pinned'),
  };
}

export function transcriptWords(): TranscriptWords {
  return {
    states: historyWords().states,
    started: l10n.t('Started'),
    took: l10n.t('Took'),
    agent: l10n.t('Agent'),
    commit: l10n.t('Commit'),
    attempts: l10n.t('Attempts'),
    inputs: l10n.t('Inputs'),
    inputsCut: l10n.t('They were too long to be kept.'),
    redacted: l10n.t('Keys and passwords were replaced by [redacted] before the run was stored.'),
    output: l10n.t('Output'),
    noOutput: l10n.t('None.'),
    dropped: l10n.t('{0} pieces were not kept', '{0}'),
    hasMore: l10n.t('There is more output than is shown here: "Export…" writes all of it.'),
    error: l10n.t('Error'),
  };
}

export function caseWords(): CaseWords {
  const { inputs, output, error } = transcriptWords();
  return {
    inputs,
    output,
    error,
    expectations: l10n.t('Expectations'),
    nothingExpected: l10n.t('No exact output is expected.'),
  };
}
