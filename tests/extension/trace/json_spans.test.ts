import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerAt, spansIn } from '../../../extension/src/trace/json_spans';

const container = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
const parts = (text: string) =>
  [...spansIn(text, containerAt(text, 0))].map(({ from, to }) => text.slice(from, to ?? undefined));

describe('the values in a JSON text', () => {
  it('are those that parsing gives, in order', () => {
    fc.assert(
      fc.property(container, fc.nat(3), (value, indent) => {
        const text = ` ${JSON.stringify(value, null, indent)}`;
        const plain = JSON.parse(text);
        expect(parts(text).map((part) => JSON.parse(part))).toEqual(Object.values(plain));
      }),
    );
  });

  it('are the same as long as they are whole when the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.nat(), (list, cut) => {
        const text = JSON.stringify(list);
        const head = text.slice(0, 1 + (cut % text.length));
        const whole = [...spansIn(head, 0)].filter(({ to }) => to !== null);
        const values = whole.map(({ from, to }) => JSON.parse(head.slice(from, to ?? undefined)));
        expect(values).toEqual(JSON.parse(text).slice(0, values.length));
      }),
    );
  });

  it('of any text are found in a moment, and inside of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]{}",:\\a ') }), (text) => {
        for (const { from, to } of spansIn(`[${text}`, 0)) {
          expect(from).toBeLessThanOrEqual(to ?? text.length + 1);
        }
      }),
    );
  });
});
