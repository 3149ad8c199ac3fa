import type { ChosenGraph } from './graph_choice';

/** The room that a group takes. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Between groups that have nothing to do with each other: more than within one. */
const GAP = 130;
/** How wide a picture is that uses its place well, compared with its height. */
export const ASPECT = 56 / 34;

/** Places of entities that hang together; those without any relation are one group, the last. */
export function groupsOf(count: number, arrows: ChosenGraph['arrows']): number[][] {
  const heads = Array.from({ length: count }, (_none, place) => place);
  const headOf = (place: number): number => {
    let head = place;
    while (heads[head] !== head) head = heads[head] ?? head;
    heads[place] = head;
    return head;
  };
  for (const { from, to } of arrows) heads[headOf(from)] = headOf(to);
  const groups = new Map<number, number[]>();
  for (let place = 0; place < count; place += 1) {
    const head = headOf(place);
    groups.set(head, [...(groups.get(head) ?? []), place]);
  }
  const all = [...groups.values()];
  const alone = all.filter(({ length }) => length === 1).flat();
  return [...all.filter(({ length }) => length > 1), ...(alone.length === 0 ? [] : [alone])];
}

/** Where the upper left corner of each box goes so that all stand in rows, the highest first. */
export function packed(boxes: readonly Size[]): { x: number; y: number }[] {
  const area = boxes.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
  const widest = Math.max(Math.sqrt(area * ASPECT), ...boxes.map(({ width }) => width));
  const corners = boxes.map(() => ({ x: 0, y: 0 }));
  let [x, y, row] = [0, 0, 0];
  const order = boxes.map((_box, at) => at).toSorted((left, right) => heightAt(right) - heightAt(left));
  for (const at of order) {
    const { width = 0, height = 0 } = boxes[at] ?? {};
    if (x > 0 && x + width > widest) [x, y, row] = [0, y + row + GAP, 0];
    corners[at] = { x, y };
    x += width + GAP;
    row = Math.max(row, height);
  }
  return corners;

  function heightAt(at: number): number {
    return boxes[at]?.height ?? 0;
  }
}
