import { fill } from '../../../translate';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { css, html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type ItemDraft, itemSchema, MOST_PARTS, startingDraft } from '../../../form/draft';
import { withItem, withItemDraft, withItemMoved, withoutItem } from '../../../form/parts';
import type { Shape } from '../../../form/shape';
import { isTall } from '../../../form/states';
import type { Field } from './field';
import type { DraftChange } from './form_context';

/** Items in rows, each with buttons to move and remove it. Alt+Up and Alt+Down move as well. */
export function listControl(field: Field, shape: Shape & { kind: 'list' }): TemplateResult {
  const { place, context, draft } = field;
  const { words } = context;
  const items = draft.content.kind === 'list' ? draft.content.items : [];
  const add = () => {
    const next = { schema: itemSchema(shape, items.length), definitions: place.definitions, required: true };
    field.change(withItem(items, startingDraft(next)));
    void field.focusPart((parts) => parts.at(-1));
  };
  const mayGrow = items.length < (shape.others === undefined ? shape.first.length : MOST_PARTS);
  return html`<div class="group" role="group" aria-labelledby="name" aria-describedby="remarks">
    <div class="rows" role=${items.length > 0 ? 'list' : 'presentation'}>
      ${repeat(
        items,
        ({ id }) => id,
        (item, index) => itemRow(field, shape, items, item, index),
      )}
    </div>
    ${
      mayGrow
        ? html`<button type="button" class="add" @click=${add}>
          <vscode-icon name="add"></vscode-icon>${words.addItem}
        </button>`
        : ''
    }
  </div>`;
}

function itemRow(
  field: Field,
  shape: Shape & { kind: 'list' },
  items: readonly ItemDraft[],
  { id, draft }: ItemDraft,
  index: number,
): TemplateResult {
  const { place, context } = field;
  const { words } = context;
  const label = fill(words.item, String(index + 1));
  const schema = itemSchema(shape, index);
  const isFixed = index < shape.first.length;
  const inner = {
    schema,
    definitions: place.definitions,
    required: true,
    label,
    path: [...place.path, index],
  };
  const move = (by: number) => {
    const { items: moved } = withItemMoved(items, id, by);
    const now = moved.findIndex((item) => item.id === id);
    if (isFixed || now < shape.first.length || now === index) return;
    field.change({ kind: 'list', items: moved });
    void field.keepFocus();
    field.say(fill(words.movedTo, String(now + 1), String(items.length)));
  };
  const remove = () => {
    field.change(withoutItem(items, id));
    void field.focusPart((parts) => parts[Math.min(index, items.length - 2)]);
  };
  const button = (icon: string, name: string, act: () => void, disabled = false) => html`<button
    type="button" class="icon" aria-label=${fill(name, label)} title=${fill(name, label)}
    aria-disabled=${String(disabled)} @click=${act}
  ><vscode-icon name=${icon}></vscode-icon></button>`;
  return html`<div class=${isTall(inner, draft) ? 'row tall' : 'row'} role="listitem" @keydown=${onAltArrow(move)}>
    <form-field
      .place=${{ ...inner, row: 'item' as const, isSecret: place.isSecret === true }} .draft=${draft} .context=${context}
      @draft-change=${({ detail, path }: DraftChange) => field.change(withItemDraft(items, id, detail), path)}
    ></form-field>
    ${
      isFixed
        ? ''
        : html`<div class="tools">
          ${button('arrow-up', words.moveUp, () => move(-1), index === shape.first.length)}
          ${button('arrow-down', words.moveDown, () => move(1), index === items.length - 1)}
          ${button('close', words.remove, remove)}
        </div>`
    }
  </div>`;
}

function onAltArrow(move: (by: number) => void) {
  return (event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!event.altKey || by === 0) return;
    event.preventDefault();
    // Not the list around this one as well.
    event.stopPropagation();
    move(by);
  };
}

export const partStyles = css`
  .group {
    padding-left: 12px;
    border-left: 1px solid var(--vscode-settings-rowHoverBackground, transparent);
    border-left-color: var(--vscode-tree-indentGuidesStroke, currentcolor);
  }

  .rows {
    display: flex;
    flex-direction: column;
    gap: 4px;
  }

  .rows.members {
    gap: 8px;
  }

  .row {
    display: flex;
    align-items: flex-start;
    gap: 4px;
  }

  .row > form-field {
    flex: 1;
    min-width: 0;
  }

  .rows form-field {
    --head-end: 0;
  }

  /* What is inside gets the whole width: the buttons stand at the right of the label or key. */
  .row.tall {
    position: relative;
    flex-wrap: wrap;
  }

  .row.tall > form-field {
    --head-end: 80px;

    order: 1;
    flex-basis: 100%;
  }

  .row.tall > .key {
    flex: 1;
  }

  .row.tall > .key ~ form-field {
    --head-end: 0;
  }

  .row.tall > form-field:first-child + .tools {
    position: absolute;
    top: 0;
    right: 0;
  }

  .row > .key {
    flex: 0 1 34%;
    min-width: 5em;
  }

  .tools {
    display: flex;
    flex: none;
    padding-top: 1px;
  }

  .add {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-height: 24px;
  }

  [aria-disabled="true"] {
    opacity: 0.4;
    cursor: default;
  }
`;
