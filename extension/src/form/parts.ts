import { absent, type Content, type Draft, type ItemDraft, type MemberDraft } from './draft';

/** Changes of lists and objects. Each gives a new content and leaves the old one as it was. */
type List = Content & { readonly kind: 'list' };
type Table = Content & { readonly kind: 'object' };

export function withItem(items: readonly ItemDraft[], draft: Draft): List {
  return { kind: 'list', items: [...items, { id: freeId(items), draft }] };
}

export function withoutItem(items: readonly ItemDraft[], id: number): List {
  return { kind: 'list', items: items.filter((item) => item.id !== id) };
}

export function withItemDraft(items: readonly ItemDraft[], id: number, draft: Draft): List {
  return { kind: 'list', items: items.map((item) => (item.id === id ? { id, draft } : item)) };
}

/** The item `by` places further on, as far as the list goes. */
export function withItemMoved(items: readonly ItemDraft[], id: number, by: number): List {
  const from = items.findIndex((item) => item.id === id);
  const moved = items[from];
  if (moved === undefined) return { kind: 'list', items };
  const others = items.filter((item) => item !== moved);
  const to = Math.min(Math.max(from + by, 0), others.length);
  return { kind: 'list', items: [...others.slice(0, to), moved, ...others.slice(to)] };
}

/** With a member that has no name yet. */
export function withMember(members: readonly MemberDraft[], name = '', draft: Draft = absent()): Table {
  return { kind: 'object', members: [...members, { id: freeId(members), name, draft }] };
}

export function withoutMember(members: readonly MemberDraft[], id: number): Table {
  return { kind: 'object', members: members.filter((member) => member.id !== id) };
}

export function withMemberDraft(members: readonly MemberDraft[], id: number, draft: Draft): Table {
  return {
    kind: 'object',
    members: members.map((member) => (member.id === id ? { ...member, draft } : member)),
  };
}

export function withMemberName(members: readonly MemberDraft[], id: number, name: string): Table {
  return {
    kind: 'object',
    members: members.map((member) => (member.id === id ? { ...member, name } : member)),
  };
}

function freeId(parts: readonly ItemDraft[]): number {
  return Math.max(-1, ...parts.map(({ id }) => id)) + 1;
}
