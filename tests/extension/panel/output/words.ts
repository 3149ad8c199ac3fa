import type { OutputWords } from '../../../../extension/src/output/words';

export const words: OutputWords = {
  output: 'Output',
  view: 'View of the output',
  views: { text: 'Text', raw: 'Raw' },
  noOutput: 'No output.',
  jumpToEnd: 'Jump to End',
  copy: 'Copy Output',
  copyCode: 'Copy Code',
  unknownFrame: 'Message of unknown kind',
  openDocument: 'Open as Document',
  cutNote: 'Only the first {0} of {1} characters are shown.',
  droppedNote: '{0} earlier characters are not shown.',
  firstChunk: 'first after {0}',
  chunkRate: '{0} chunks a second',
  chunkCount: '{0} chunks',
  oneChunk: '1 chunk',
};
