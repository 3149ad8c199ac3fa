import { html, nothing, type TemplateResult } from 'lit';
import type { GraphRelation, SessionGraph } from '../../../server/protocol.generated';
import type { SessionWords } from '../../../sessions/words';
import { longCell, nameCell, shortName } from './memory_tables';
import './paged_table';
import type { Cell } from './paged_table';

/** All entities; a press on a name chooses it in the picture. */
export function entityTable(
  { entities, relations }: SessionGraph,
  words: SessionWords,
  selected: string | null,
  select: (id: string) => void,
): TemplateResult {
  const { columns } = words;
  const counts = new Map<string, number>();
  for (const { source, target } of relations) {
    for (const end of new Set([source, target])) counts.set(end, (counts.get(end) ?? 0) + 1);
  }
  const nameOf = (id: string): Cell => {
    const short = shortName(id);
    return {
      text: id,
      shown: html`<button class="link" type="button" aria-pressed=${String(id === selected)} title=${id.length > short.length ? id : nothing} @click=${() => select(id)}>${short}</button>`,
    };
  };
  const rows = entities.map(({ id, kind, properties }): Cell[] => [
    nameOf(id),
    nameCell(kind, words),
    propertiesCell(properties, words),
    (counts.get(id) ?? 0).toLocaleString(),
  ]);
  return html`<paged-table
    titled
    .label=${words.graph.entities}
    .columns=${[columns.entity, columns.kind, columns.properties, columns.relations]}
    .rows=${rows}
    .words=${words}
  ></paged-table>`;
}

/** All relations, those of the chosen entity alone while there is one. */
export function relationTable(
  { relations }: SessionGraph,
  words: SessionWords,
  selected: string | null,
): TemplateResult | typeof nothing {
  const { columns } = words;
  const shown = relations.filter(
    ({ source, target }) => selected === null || source === selected || target === selected,
  );
  if (shown.length === 0) return html`<p class="note">${words.graph.noRelations}</p>`;
  const row = ({ source, kind, target, properties }: GraphRelation): Cell[] => [
    nameCell(source, words),
    nameCell(kind, words),
    nameCell(target, words),
    propertiesCell(properties, words),
  ];
  return html`<paged-table
    titled
    .label=${words.graph.relations}
    .columns=${[columns.from, columns.relation, columns.to, columns.properties]}
    .rows=${shown.map(row)}
    .words=${words}
  ></paged-table>`;
}

function propertiesCell(properties: Readonly<Record<string, unknown>>, words: SessionWords): Cell {
  const text = Object.entries(properties)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');
  return longCell(text, words);
}
