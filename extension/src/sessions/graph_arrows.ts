import type { Arrow } from './graph_choice';
import type { Point } from './graph_layout';

/** An arrow as SVG draws it. */
export interface DrawnArrow {
  readonly line: string;
  readonly head: string;
  /** Where its name stands. */
  readonly label: Point;
}

/** The radius of the dot that stands for an entity. */
export const DOT = 9;
const HEAD = { length: 8, width: 3.5 } as const;
/** How far two arrows between the same entities bend away from the straight line. */
const BEND = 18;

/** The arrow from one dot to another, or in a loop back to the same. */
export function drawnArrow(arrow: Pick<Arrow, 'isMutual'>, from: Point, to: Point): DrawnArrow {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(x, y);
  if (length < 1) return loop(from);
  const bend = arrow.isMutual ? BEND : 0;
  const middle = {
    x: (from.x + to.x) / 2 - (y / length) * bend,
    y: (from.y + to.y) / 2 + (x / length) * bend,
  };
  const start = towards(from, middle, DOT);
  const tip = towards(to, middle, DOT + 1);
  const base = towards(tip, middle, HEAD.length);
  return {
    line: `M${text(start)} Q${text(middle)} ${text(base)}`,
    head: headOf(tip, base),
    label: { x: (start.x + tip.x + 2 * middle.x) / 4, y: (start.y + tip.y + 2 * middle.y) / 4 },
  };
}

function loop({ x, y }: Point): DrawnArrow {
  const start = { x: x - DOT * 0.7, y: y - DOT * 0.7 };
  const tip = { x: x + DOT * 0.8, y: y - DOT * 0.8 };
  const base = { x: tip.x + HEAD.length * 0.5, y: tip.y - HEAD.length * 0.85 };
  const top = y - 4 * DOT;
  return {
    line: `M${text(start)} C${text({ x: x - 2 * DOT, y: top })} ${text({ x: x + 3 * DOT, y: top })} ${text(base)}`,
    head: headOf(tip, base),
    label: { x, y: top + DOT * 0.8 },
  };
}

function towards(from: Point, to: Point, distance: number): Point {
  const share = distance / Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/** A triangle. */
function headOf(tip: Point, base: Point): string {
  const length = Math.max(1, Math.hypot(tip.x - base.x, tip.y - base.y));
  const [x, y] = [(tip.x - base.x) / length, (tip.y - base.y) / length];
  const left = { x: base.x - y * HEAD.width, y: base.y + x * HEAD.width };
  const right = { x: base.x + y * HEAD.width, y: base.y - x * HEAD.width };
  return `M${text(tip)} L${text(left)} L${text(right)} Z`;
}

function text({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
