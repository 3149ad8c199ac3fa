import type { Point } from './graph_layout';

/** The part of a picture that is seen. */
export interface ViewBox extends Point {
  readonly width: number;
  readonly height: number;
}

/** In steps of a key or a button. */
export const ZOOM_STEP = 1.25;
/** The share of what is seen by which an arrow key moves it. */
const PAN_SHARE = 0.1;
/** The share of what is seen at each edge where nothing is well seen. */
const EDGE_SHARE = 0.15;
/** How near and how far it can be looked at, compared with the whole picture. */
const NEAREST = 0.05;
const FARTHEST = 2;
/** A picture of few things is not blown up. */
const LEAST = { width: 560, height: 340 } as const;

/** All of the picture, and some room around one that is small. */
export function wholeOf(box: ViewBox): ViewBox {
  const width = Math.max(LEAST.width, box.width);
  const height = Math.max(LEAST.height, box.height);
  return { x: box.x - (width - box.width) / 2, y: box.y - (height - box.height) / 2, width, height };
}

/** Nearer by `factor`, or farther when it is below one; what is at `fixed` stays where it is. */
export function zoomed(
  view: ViewBox,
  factor: number,
  whole: ViewBox,
  fixed: Point = middleOf(view),
): ViewBox {
  const wanted = view.width / factor / whole.width;
  const share = (Math.min(FARTHEST, Math.max(NEAREST, wanted)) * whole.width) / view.width;
  return {
    x: fixed.x - (fixed.x - view.x) * share,
    y: fixed.y - (fixed.y - view.y) * share,
    width: view.width * share,
    height: view.height * share,
  };
}

/** Moved by a distance in the picture, but never so far that nothing of it is left to see. */
export function moved(view: ViewBox, by: Point, whole: ViewBox): ViewBox {
  const [x, y] = [view.x + by.x, view.y + by.y];
  return {
    ...view,
    x: Math.min(whole.x + whole.width - view.width / 4, Math.max(whole.x - (view.width * 3) / 4, x)),
    y: Math.min(whole.y + whole.height - view.height / 4, Math.max(whole.y - (view.height * 3) / 4, y)),
  };
}

/** Moved no farther than is needed so that `point` is well inside. */
export function showing(view: ViewBox, point: Point): ViewBox {
  const [x, y] = [view.width * EDGE_SHARE, view.height * EDGE_SHARE];
  return {
    ...view,
    x: Math.min(point.x - x, Math.max(point.x + x - view.width, view.x)),
    y: Math.min(point.y - y, Math.max(point.y + y - view.height, view.y)),
  };
}

/** What a key does to the picture; undefined when it does nothing. */
export function afterKey(key: string, view: ViewBox, whole: ViewBox): ViewBox | undefined {
  const [x, y] = [view.width * PAN_SHARE, view.height * PAN_SHARE];
  switch (key) {
    case 'ArrowLeft':
      return moved(view, { x: -x, y: 0 }, whole);
    case 'ArrowRight':
      return moved(view, { x, y: 0 }, whole);
    case 'ArrowUp':
      return moved(view, { x: 0, y: -y }, whole);
    case 'ArrowDown':
      return moved(view, { x: 0, y }, whole);
    case '+':
    case '=':
      return zoomed(view, ZOOM_STEP, whole);
    case '-':
      return zoomed(view, 1 / ZOOM_STEP, whole);
    case '0':
      return whole;
    default:
      return undefined;
  }
}

function middleOf({ x, y, width, height }: ViewBox): Point {
  return { x: x + width / 2, y: y + height / 2 };
}
