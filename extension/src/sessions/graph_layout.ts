import type { ChosenGraph } from './graph_choice';
import { ASPECT, groupsOf, packed } from './graph_groups';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where each entity is drawn, in the order in which they were given, and the box around all of them. */
export interface Layout {
  readonly points: readonly Point[];
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** The room that an entity takes with its name, and that stays free around it. */
const ROOM = { width: 128, height: 56 } as const;
const MARGIN = 24;
const CROWD = 60;
const ROUNDS = 250;
const SEPARATIONS = 60;
/** The length that relations would like to have. */
const LENGTH = 115;
/** What is farther away pushes no more: a large graph would fly apart. */
const REACH = 4 * LENGTH;
/** Names are wide: a picture that is wider than high leaves them more room. */
const STRETCH = 1.5;
/** The turn from one point of a spiral to the next after which no two stand in a row: the golden angle. */
const TURN = Math.PI * (3 - Math.sqrt(5));

/**
 * Places entities so that those that belong together stand together: each group that hangs together by forces (after
 * Fruchterman and Reingold), and the groups side by side. The same graph always makes the same picture: entities
 * begin on a spiral in their own order and nothing is random.
 */
export function graphLayout({ entities, arrows }: ChosenGraph): Layout {
  const groups = partsOf(entities.length, arrows).map((places) => placed(places, arrows));
  const points: Movable[] = entities.map(() => ({ x: 0, y: 0 }));
  packed(groups.map(({ box }) => box)).forEach((corner, at) => {
    const { places = [], points: own = [], box } = groups[at] ?? {};
    places.forEach((place, index) => {
      const { x, y } = own[index] ?? { x: 0, y: 0 };
      points[place] = { x: corner.x + x - (box?.x ?? 0), y: corner.y + y - (box?.y ?? 0) };
    });
  });
  return { points, box: withMargin(boxAround(points)) };
}

/** A part of the graph that hangs together, and what has no relation at all as one part. */
interface Group {
  readonly places: readonly number[];
  readonly points: readonly Point[];
  readonly box: Layout['box'];
}

/** Of a crowd no name can be read however it stands: all of it is one part, which takes the least place. */
function partsOf(count: number, arrows: ChosenGraph['arrows']): number[][] {
  if (count > CROWD) return [Array.from({ length: count }, (_none, place) => place)];
  return groupsOf(count, arrows);
}

function placed(places: readonly number[], arrows: ChosenGraph['arrows']): Group {
  const at = new Map(places.map((place, index) => [place, index]));
  const own = arrows.flatMap(({ from, to }) => {
    const [start, end] = [at.get(from), at.get(to)];
    return start === undefined || end === undefined || start === end ? [] : [{ from: start, to: end }];
  });
  const points = own.length === 0 ? inRows(places.length) : byForces(places.length, own);
  return { places, points, box: boxAround(points) };
}

/** Where nothing is related, order is of more use than any other picture. */
function inRows(count: number): Point[] {
  const columns = Math.ceil(Math.sqrt((count * ASPECT * ROOM.height) / ROOM.width));
  return Array.from({ length: count }, (_none, place) => ({
    x: (place % columns) * ROOM.width,
    y: Math.floor(place / columns) * ROOM.height,
  }));
}

function byForces(count: number, arrows: readonly Ends[]): Point[] {
  const points = Array.from({ length: count }, (_none, place) => ({
    x: LENGTH * Math.sqrt(place) * Math.cos(place * TURN),
    y: LENGTH * Math.sqrt(place) * Math.sin(place * TURN),
  }));
  for (let round = 0; round < ROUNDS; round += 1) {
    moveBy(points, forces(points, arrows), LENGTH * (1 - round / ROUNDS));
  }
  for (const point of points) point.x *= STRETCH;
  for (let round = 0; round < SEPARATIONS && separate(points); round += 1);
  return points;
}

interface Movable {
  x: number;
  y: number;
}

/** Places of what is related. */
type Ends = Pick<ChosenGraph['arrows'][number], 'from' | 'to'>;

function forces(points: readonly Point[], arrows: readonly Ends[]): Movable[] {
  // A light pull to the middle keeps together what no relation does.
  const all = points.map(({ x, y }) => ({ x: -x * 0.1, y: -y * 0.1 }));
  eachPair(points, (left, right, { x, y, distance }) => {
    if (distance > REACH) return;
    const push = (LENGTH * LENGTH) / (distance * distance);
    add(all[left], x * push, y * push);
    add(all[right], -x * push, -y * push);
  });
  for (const { from, to } of arrows) {
    const [start, end] = [points[from], points[to]];
    if (start === undefined || end === undefined || from === to) continue;
    const [x, y] = [end.x - start.x, end.y - start.y];
    const pull = Math.hypot(x, y) / LENGTH;
    add(all[from], x * pull, y * pull);
    add(all[to], -x * pull, -y * pull);
  }
  return all;
}

/** Each pair once, with the way from the second to the first. */
function eachPair(
  points: readonly Point[],
  tell: (left: number, right: number, way: Point & { readonly distance: number }) => void,
): void {
  points.forEach((first, left) => {
    for (let right = left + 1; right < points.length; right += 1) {
      const second = points[right] ?? first;
      const [x, y] = [first.x - second.x, first.y - second.y];
      tell(left, right, { x, y, distance: Math.max(1, Math.hypot(x, y)) });
    }
  });
}

function moveBy(points: readonly Movable[], by: readonly Point[], most: number): void {
  points.forEach((point, place) => {
    const { x, y } = by[place] ?? { x: 0, y: 0 };
    const length = Math.hypot(x, y);
    const share = length > most ? most / length : 1;
    add(point, x * share, y * share);
  });
}

/** Moves names apart that lie on each other; false when none did. */
function separate(points: readonly Movable[]): boolean {
  let moved = false;
  eachPair(points, (left, right, way) => {
    const by = wayOut(way);
    if (by === undefined) return;
    moved = true;
    add(points[left], by.x, by.y);
    add(points[right], -by.x, -by.y);
  });
  return moved;
}

/** Half of the shorter way on which two that lie on each other get free; what lies exactly so is parted by its order. */
function wayOut({ x, y }: Point): Point | undefined {
  const [wide, high] = [ROOM.width - Math.abs(x), ROOM.height - Math.abs(y)];
  if (wide <= 0 || high <= 0) return undefined;
  if (wide < high) return { x: (wide / 2 + 0.5) * sign(x), y: 0 };
  return { x: 0, y: (high / 2 + 0.5) * sign(y) };
}

function sign(value: number): number {
  return value < 0 ? -1 : 1;
}

function add(point: Movable | undefined, x: number, y: number): void {
  if (point === undefined) return;
  point.x += x;
  point.y += y;
}

/** The room that points take with their names. */
function boxAround(points: readonly Point[]): Layout['box'] {
  if (points.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return {
    x: left - ROOM.width / 2,
    y: top - ROOM.height / 2,
    width: Math.max(...xs) - left + ROOM.width,
    height: Math.max(...ys) - top + ROOM.height,
  };
}

function withMargin({ x, y, width, height }: Layout['box']): Layout['box'] {
  return { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}
