import { html, type TemplateResult } from 'lit';
import type {
  EpisodicItem,
  SemanticItem,
  SessionDetails,
  WorkingItem,
} from '../../../server/protocol.generated';
import { timeText } from '../../../sessions/session_text';
import type { SessionTab, SessionWords } from '../../../sessions/words';
import '../error/long_text';
import './paged_table';
import type { Cell } from './paged_table';

/** The table of one kind of memory. */
export function memoryTable(
  kind: Exclude<SessionTab, 'graph' | 'trace'>,
  details: SessionDetails,
  words: SessionWords,
  locale: string,
): TemplateResult {
  const { columns } = words;
  switch (kind) {
    case 'working':
      return table(words, kind, [columns.key, columns.value], details.working.map(workingRow(words)));
    case 'episodic': {
      const titles = [columns.text, columns.importance, columns.recalls, columns.created, columns.recalled];
      return table(words, kind, titles, details.episodic.map(episodicRow(words, locale)));
    }
    case 'semantic':
      return table(
        words,
        kind,
        [columns.key, columns.text, columns.tags],
        details.semantic.map(semanticRow(words)),
      );
  }
}

function table(
  words: SessionWords,
  kind: SessionTab,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): TemplateResult {
  return html`<paged-table
    .label=${words.tabs[kind]}
    .columns=${columns}
    .rows=${rows}
    .words=${words}
  ></paged-table>`;
}

const workingRow =
  (words: SessionWords) =>
  ({ key, value }: WorkingItem): Cell[] => [nameCell(key, words), longCell(value, words)];

const semanticRow =
  (words: SessionWords) =>
  ({ key, text, tags }: SemanticItem): Cell[] => [
    nameCell(key, words),
    longCell(text, words),
    nameCell(tags.join(', '), words),
  ];

const episodicRow =
  (words: SessionWords, locale: string) =>
  ({ text, importance, recalls, createdAt, lastAt }: EpisodicItem): Cell[] => [
    longCell(text, words),
    importance === null ? '' : importance.toLocaleString(locale, { maximumFractionDigits: 2 }),
    recalls === null ? '' : recalls.toLocaleString(locale),
    createdAt === null ? '' : timeText(createdAt, locale),
    lastAt === null ? '' : timeText(lastAt, locale),
  ];

/** Characters of a name that are shown at first. */
const NAME_LENGTH = 120;

/** A name: most are short, but whatever a model wrote may be one. */
export function nameCell(text: string, words: SessionWords): Cell {
  if (text.length <= NAME_LENGTH) return text;
  const shown = html`<long-text .text=${text} .atFirst=${NAME_LENGTH} .showAll=${words.showAll}></long-text>`;
  return { text, shown };
}

/** The beginning of a name, where there is no room for more. */
export function shortName(text: string): string {
  return text.length <= NAME_LENGTH ? text : `${text.slice(0, NAME_LENGTH)}…`;
}

/** A text that may be too long for a table. */
export function longCell(text: string, words: SessionWords): Cell {
  return { text, shown: html`<long-text .text=${text} .showAll=${words.showAll}></long-text>` };
}
