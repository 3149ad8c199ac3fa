import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOT, drawnArrow } from '../../../extension/src/sessions/graph_arrows';
import { chosenGraph, MOST_DRAWN } from '../../../extension/src/sessions/graph_choice';
import { graphLayout } from '../../../extension/src/sessions/graph_layout';
import { crowd, graph } from './samples';

const ids = fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 30 });
const graphs = ids.chain((names) =>
  fc.record({
    entities: fc.constant(names.map((id) => ({ id, kind: 'thing', properties: {} }))),
    relations: fc.array(
      fc.record({
        source: fc.constantFrom(...names, 'nobody'),
        target: fc.constantFrom(...names, 'nobody'),
        kind: fc.constantFrom('knows', 'likes'),
        properties: fc.constant({}),
      }),
      { maxLength: 60 },
    ),
  }),
);

describe('what is drawn of a graph', () => {
  it('is all of a small one, with one arrow for each direction', () => {
    const twice = [...graph.relations, { source: 'tea', target: 'bottle', kind: 'fills', properties: {} }];
    const { entities, arrows } = chosenGraph({ entities: graph.entities, relations: twice });
    expect(entities).toEqual(graph.entities);
    expect(arrows).toEqual([
      { from: 0, to: 1, kinds: ['holds'], isMutual: false },
      { from: 1, to: 2, kinds: ['is full of'], isMutual: true },
      { from: 2, to: 1, kinds: ['is in', 'fills'], isMutual: true },
    ]);
  });

  it('is the best connected part of a large one, in its order', () => {
    const { entities } = chosenGraph(crowd(1000), 100);
    expect(entities).toHaveLength(100);
    // The first 250 know four others and are known by one: the first hundred of those are kept.
    expect(entities.map(({ id }) => Number(id.split(' ')[1]))).toEqual(
      Array.from({ length: 100 }, (_none, place) => place + 1),
    );
  });

  it('has arrows only between what is drawn, whatever the relations name', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const { entities, arrows } = chosenGraph(drawn);
        const named = new Set(drawn.entities.map(({ id }) => id));
        const possible = drawn.relations.filter(
          ({ source, target }) => named.has(source) && named.has(target),
        );
        expect(new Set(arrows.map(({ from, to }) => `${entities[from]?.id}→${entities[to]?.id}`))).toEqual(
          new Set(possible.map(({ source, target }) => `${source}→${target}`)),
        );
      }),
    );
  });
});

describe('the picture', () => {
  it('is the same each time, and no name lies on another', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const chosen = chosenGraph(drawn);
        const { points, box } = graphLayout(chosen);
        expect(graphLayout(chosen).points).toEqual(points);
        points.forEach((first, left) => {
          expect(first.x).toBeGreaterThan(box.x);
          expect(first.x).toBeLessThan(box.x + box.width);
          expect(first.y).toBeGreaterThan(box.y);
          expect(first.y).toBeLessThan(box.y + box.height);
          for (const second of points.slice(left + 1)) {
            expect(Math.abs(first.x - second.x) > 100 || Math.abs(first.y - second.y) > 40).toBe(true);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('puts what belongs together nearer than what does not', () => {
    const entities = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id, kind: '', properties: {} }));
    const pairs = [
      ['a', 'f'],
      ['b', 'e'],
      ['c', 'd'],
    ] as const;
    const relations = pairs.map(([source, target]) => ({ source, target, kind: 'is with', properties: {} }));
    const { points } = graphLayout(chosenGraph({ entities, relations }));
    const distance = (left: number, right: number) =>
      Math.hypot(
        (points[left]?.x ?? 0) - (points[right]?.x ?? 0),
        (points[left]?.y ?? 0) - (points[right]?.y ?? 0),
      );
    expect(distance(0, 5)).toBeLessThan(distance(0, 2));
    expect(distance(0, 5)).toBeLessThan(distance(0, 1));
  });

  it('stays small when parts of it have nothing to do with each other', () => {
    const entities = Array.from({ length: 14 }, (_none, at) => ({ id: `e${at}`, kind: '', properties: {} }));
    const chain = (from: number) =>
      [0, 1, 2, 3].map((at) => ({
        source: `e${from + at}`,
        target: `e${from + at + 1}`,
        kind: 'is before',
        properties: {},
      }));
    const { points, box } = graphLayout(chosenGraph({ entities, relations: [...chain(0), ...chain(5)] }));
    // As one part with all of them pushing each other it took more than twice as much.
    expect(box.width * box.height).toBeLessThan(1_200_000);
    // What is alone stands in rows, apart from the chains.
    const alone = points.slice(10);
    expect(new Set(alone.map(({ y }) => y)).size).toBeLessThanOrEqual(2);
  });

  it('holds as many as are drawn at most, and none', () => {
    const { points, box } = graphLayout(chosenGraph(crowd(MOST_DRAWN)));
    expect(points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
    expect(box.width / box.height).toBeGreaterThan(1);
    expect(graphLayout({ entities: [], arrows: [] }).points).toEqual([]);
  });
});

describe('an arrow', () => {
  const ends = (line: string) =>
    [...line.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

  it('leads from the edge of one dot to the edge of the other', () => {
    const { line, head, label } = drawnArrow({ isMutual: false }, { x: 0, y: 0 }, { x: 100, y: 0 });
    expect(ends(line)[0]).toEqual([DOT, 0]);
    expect(ends(head)[0]).toEqual([100 - DOT - 1, 0]);
    expect(label).toEqual({ x: 49.75, y: 0 });
  });

  it('makes room for the one that leads back', () => {
    const [from, to] = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
    ];
    const there = drawnArrow({ isMutual: true }, from, to);
    const back = drawnArrow({ isMutual: true }, to, from);
    expect(there.label.y).toBeGreaterThan(5);
    expect(back.label.y).toBeLessThan(-5);
  });

  it('is a loop where something is related to itself', () => {
    const { line, label } = drawnArrow({ isMutual: false }, { x: 10, y: 10 }, { x: 10, y: 10 });
    expect(line).toMatch(/^M.* C/);
    expect(label.y).toBeLessThan(0);
    expect(line).not.toContain('NaN');
  });
});
