import { fill } from '../../../translate';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { absent, type Draft, type MemberDraft, MOST_PARTS, startingDraft } from '../../../form/draft';
import { withMember, withMemberDraft, withMemberName, withoutMember } from '../../../form/parts';
import type { Path } from '../../../form/problem';
import { pythonText } from '../../../form/python_text';
import type { Member, Shape } from '../../../form/shape';
import { isTall, unfolded } from '../../../form/states';
import { looksSecret } from '../../../runs/remembered_inputs';
import type { Field } from './field';
import type { DraftChange } from './form_context';

type ObjectShape = Shape & { readonly kind: 'object' };

/** The members that the type has, each a field, and rows for further keys. */
export function objectControl(field: Field, shape: ObjectShape): TemplateResult {
  const { draft, context } = field;
  const { content } = draft;
  if (content.kind !== 'object' && shape.members.length > 0) {
    const unfold = () => {
      const filled = unfolded(field.place, draft);
      field.change(filled.content);
      void field.focusPart((parts) => parts[0]);
    };
    return html`<button type="button" class="add" @click=${unfold}>
      <vscode-icon name="add"></vscode-icon>${context.words.fillIn}
    </button>`;
  }
  const members = content.kind === 'object' ? content.members : [];
  const known = new Set(shape.members.map(({ name }) => name));
  const extra = members.filter(({ name, id }) => !known.has(name) || isSecond(members, name, id));
  return html`<div class="group" role="group" aria-labelledby="name" aria-describedby="remarks">
    <div class="rows members">
      ${shape.members.map((member) => knownMember(field, members, member))}
      ${repeat(
        extra,
        ({ id }) => `extra ${id}`,
        (member) => extraMember(field, shape, members, member),
      )}
    </div>
    ${shape.others !== undefined && members.length < MOST_PARTS ? addButton(field, shape, members) : nothing}
  </div>`;
}

/** A name that stands there already belongs to the first that has it. */
function isSecond(members: readonly MemberDraft[], name: string, id: number): boolean {
  return members.find((member) => member.name === name)?.id !== id;
}

function knownMember(field: Field, members: readonly MemberDraft[], member: Member): TemplateResult {
  const { place, context } = field;
  const { name, schema, required } = member;
  const found = members.find((one) => one.name === name);
  const change = (draft: Draft, path: Path) =>
    field.change(
      found === undefined ? withMember(members, name, draft) : withMemberDraft(members, found.id, draft),
      path,
    );
  const inner = {
    schema,
    definitions: place.definitions,
    required,
    label: name,
    path: [...place.path, name],
    description: schema.description ?? null,
    defaultText: schema.default === undefined ? null : pythonText(schema.default),
    defaultValue: schema.default,
    isSecret: looksSecret(name),
  };
  return html`<form-field
    .place=${inner} .draft=${found?.draft ?? absent()} .context=${context}
    @draft-change=${({ detail, path }: DraftChange) => change(detail, path)}
  ></form-field>`;
}

function extraMember(
  field: Field,
  shape: ObjectShape,
  members: readonly MemberDraft[],
  { id, name, draft }: MemberDraft,
): TemplateResult {
  const { place, context } = field;
  const { words } = context;
  const remove = () => {
    field.change(withoutMember(members, id));
    field.focusAdd();
  };
  const rename = (event: Event) => {
    field.change(withMemberName(members, id, (event.target as HTMLInputElement).value));
  };
  const inner = {
    schema: shape.others ?? {},
    definitions: place.definitions,
    required: true,
    label: name,
    path: [...place.path, name],
    row: 'member' as const,
    isSecret: looksSecret(name),
  };
  const removeLabel = fill(words.remove, name);
  return html`<div class=${isTall(inner, draft) ? 'row tall' : 'row'}>
    <input class="key" type="text" aria-label=${words.memberName} placeholder=${words.memberName}
      spellcheck="false" autocomplete="off" .value=${name} @input=${rename}>
    <form-field
      .place=${inner} .draft=${draft} .context=${context}
      @draft-change=${({ detail, path }: DraftChange) => field.change(withMemberDraft(members, id, detail), path)}
    ></form-field>
    <div class="tools">
      <button type="button" class="icon" aria-label=${removeLabel} title=${removeLabel} @click=${remove}>
        <vscode-icon name="close"></vscode-icon>
      </button>
    </div>
  </div>`;
}

function addButton(field: Field, shape: ObjectShape, members: readonly MemberDraft[]): TemplateResult {
  const add = () => {
    const next = { schema: shape.others ?? {}, definitions: field.place.definitions, required: true };
    field.change(withMember(members, '', startingDraft(next)));
    void field.focusLastKey();
  };
  return html`<button type="button" class="add" @click=${add}>
    <vscode-icon name="add"></vscode-icon>${field.context.words.addMember}
  </button>`;
}
