import { l10n } from 'vscode';
import type { OutputWords } from '../output/words';
import { traceWords } from './trace_words';

/** The words of the output in the user's language. `{0}` and so on are filled in by the page. */
export function outputWords(): OutputWords {
  return {
    output: l10n.t('Output'),
    view: l10n.t('View of the output'),
    views: {
      trace: l10n.t('Trace'),
      text: l10n.t('Text'),
      events: l10n.t('Events'),
      json: l10n.t('JSON'),
      raw: l10n.t('Raw'),
    },
    noOutput: l10n.t('No output.'),
    jumpToEnd: l10n.t('Jump to End'),
    openDocument: l10n.t('Open as Document'),
    unknownFrame: l10n.t('Message of unknown kind'),
    noJson: l10n.t('There is no JSON in this output.'),
    cutNote: l10n.t('Only the first {0} of {1} characters are shown.'),
    earlierNote: l10n.t('{0} earlier chunks are not shown here.'),
    lost: l10n.t('{0} chunks are no longer kept.'),
    lostOne: l10n.t('no longer kept'),
    ...actionWords(),
    ...metricWords(),
    ...searchWords(),
    trace: traceWords(),
  };
}

function actionWords() {
  return {
    copy: l10n.t('Copy Output'),
    copied: l10n.t('Copied.'),
    save: l10n.t('Save Output…'),
    saved: l10n.t('Saved.'),
    copyCode: l10n.t('Copy Code'),
    copyChunk: l10n.t('Copy Chunk'),
  };
}

function metricWords() {
  return {
    firstChunk: l10n.t('first after {0}'),
    chunkRate: l10n.t('{0} chunks/s'),
    chunkCount: l10n.t('{0} chunks'),
    oneChunk: l10n.t('1 chunk'),
    stalled: l10n.t('No chunk for {0}, since {1}'),
    gaps: l10n.t('Gaps between chunks: median {0}, longest {1} before chunk {2}'),
    newChunks: l10n.t('{0} new chunks'),
    chunkNumber: l10n.t('No.'),
    chunkTime: l10n.t('Time'),
    chunkGap: l10n.t('Gap'),
    chunkSize: l10n.t('Size'),
    chunkValue: l10n.t('Value'),
  };
}

function searchWords() {
  return {
    search: l10n.t('Search Output'),
    matchCase: l10n.t('Match Case'),
    nextMatch: l10n.t('Next Match'),
    previousMatch: l10n.t('Previous Match'),
    closeSearch: l10n.t('Close Search'),
    matchCount: l10n.t('{0} of {1}'),
    matchCountCut: l10n.t('{0} of {1} or more'),
    noMatch: l10n.t('No match'),
    searching: l10n.t('Searching…'),
  };
}
