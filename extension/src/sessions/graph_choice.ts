import type { GraphEntity, GraphRelation, SessionGraph } from '../server/protocol.generated';

/** All relations between two entities in one direction: they are drawn as one arrow. */
export interface Arrow {
  /** Places in the list of chosen entities. */
  readonly from: number;
  readonly to: number;
  readonly kinds: readonly string[];
  /** Whether there is an arrow the other way as well, so that both must make room. */
  readonly isMutual: boolean;
}

export interface ChosenGraph {
  readonly entities: readonly GraphEntity[];
  readonly arrows: readonly Arrow[];
}

/** Entities that a picture can hold so that their names can still be read. */
export const MOST_DRAWN = 200;

/** The part of a graph that is drawn: the entities with the most relations, in their own order. */
export function chosenGraph(
  { entities, relations }: Pick<SessionGraph, 'entities' | 'relations'>,
  most = MOST_DRAWN,
): ChosenGraph {
  const chosen = bestConnected(entities, relations, most);
  return { entities: chosen, arrows: arrowsOf(chosen, relations) };
}

function bestConnected(
  entities: readonly GraphEntity[],
  relations: readonly GraphRelation[],
  most: number,
): readonly GraphEntity[] {
  if (entities.length <= most) return entities;
  const degrees = new Map(entities.map(({ id }) => [id, 0]));
  for (const { source, target } of relations) {
    for (const end of new Set([source, target])) degrees.set(end, (degrees.get(end) ?? 0) + 1);
  }
  const byDegree = entities.toSorted(
    (left, right) => (degrees.get(right.id) ?? 0) - (degrees.get(left.id) ?? 0),
  );
  const kept = new Set(byDegree.slice(0, most));
  return entities.filter((entity) => kept.has(entity));
}

function arrowsOf(entities: readonly GraphEntity[], relations: readonly GraphRelation[]): Arrow[] {
  const places = new Map(entities.map(({ id }, place) => [id, place]));
  const byEnds = new Map<
    string,
    { readonly from: number; readonly to: number; readonly kinds: Set<string> }
  >();
  for (const { source, target, kind } of relations) {
    const [from, to] = [places.get(source), places.get(target)];
    if (from === undefined || to === undefined) continue;
    const arrow = byEnds.get(`${from} ${to}`) ?? { from, to, kinds: new Set() };
    arrow.kinds.add(kind);
    byEnds.set(`${from} ${to}`, arrow);
  }
  return [...byEnds.values()].map(({ from, to, kinds }) => ({
    from,
    to,
    kinds: [...kinds],
    isMutual: from !== to && byEnds.has(`${to} ${from}`),
  }));
}
