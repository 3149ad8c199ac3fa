import { l10n } from 'vscode';
import type { OutputWords } from '../output/words';

/** The words of the output in the user's language. */
export function outputWords(): OutputWords {
  return {
    output: l10n.t('Output'),
    view: l10n.t('View of the output'),
    views: { text: l10n.t('Text'), raw: l10n.t('Raw') },
    noOutput: l10n.t('No output.'),
    jumpToEnd: l10n.t('Jump to End'),
    copy: l10n.t('Copy Output'),
    copyCode: l10n.t('Copy Code'),
    unknownFrame: l10n.t('Message of unknown kind'),
    openDocument: l10n.t('Open as Document'),
    cutNote: l10n.t('Only the first {0} of {1} characters are shown.'),
    droppedNote: l10n.t('{0} earlier characters are not shown.'),
    firstChunk: l10n.t('first after {0}'),
    chunkRate: l10n.t('{0} chunks a second'),
    chunkCount: l10n.t('{0} chunks'),
    oneChunk: l10n.t('1 chunk'),
  };
}
