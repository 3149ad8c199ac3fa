import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterKey, moved, showing, wholeOf, zoomed } from '../../../extension/src/sessions/view_box';

const whole = { x: -500, y: -300, width: 1000, height: 600 };

describe('what is seen of a picture', () => {
  it('is at first all of it, with room around few things', () => {
    expect(wholeOf(whole)).toEqual(whole);
    const small = wholeOf({ x: 0, y: 0, width: 100, height: 40 });
    expect(small).toMatchObject({ width: 560, height: 340, x: -230, y: -150 });
  });

  it('comes nearer around the middle, or around the mouse', () => {
    expect(zoomed(whole, 2, whole)).toEqual({ x: -250, y: -150, width: 500, height: 300 });
    const { x, y, width, height } = zoomed(whole, 2, whole, { x: -500, y: -300 });
    expect({ x, y, width, height }).toEqual({ x: -500, y: -300, width: 500, height: 300 });
  });

  it('moves no farther than is needed to show a place', () => {
    const view = { x: 0, y: 0, width: 100, height: 200 };
    expect(showing(view, { x: 50, y: 100 })).toEqual(view);
    expect(showing(view, { x: 95, y: 0 })).toEqual({ ...view, x: 10, y: -30 });
    expect(showing(view, { x: -100, y: 400 })).toEqual({ ...view, x: -115, y: 230 });
  });

  it('never leaves the picture, however often which keys are pressed', () => {
    const keys = fc.array(fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', '+', '-'), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(keys, (pressed) => {
        const view = pressed.reduce((before, key) => afterKey(key, before, whole) ?? before, whole);
        expect(view.width).toBeGreaterThanOrEqual(whole.width * 0.049);
        expect(view.width).toBeLessThanOrEqual(whole.width * 2.001);
        const seen = moved(view, { x: 0, y: 0 }, whole);
        expect(seen.x).toBeLessThan(whole.x + whole.width);
        expect(seen.x + seen.width).toBeGreaterThan(whole.x);
      }),
    );
    expect(afterKey('0', { x: 1, y: 2, width: 3, height: 4 }, whole)).toEqual(whole);
    expect(afterKey('x', whole, whole)).toBeUndefined();
  });
});
