import { beforeEach, describe, expect, it } from 'vitest';
import { AckGate } from '../../../extension/src/runs/ack_gate';

let acknowledged: number[];
let gate: AckGate;

beforeEach(() => {
  acknowledged = [];
  gate = new AckGate((seq) => acknowledged.push(seq));
});

describe('acknowledging', () => {
  it('happens at once while nothing draws', () => {
    gate.received(0);
    gate.received(1);
    expect(acknowledged).toEqual([0, 1]);
  });

  it('waits for the view while there is one', () => {
    gate.viewIsLive(true);
    gate.received(0);
    gate.received(1);
    expect(acknowledged).toEqual([]);
    gate.drawn(1);
    gate.drawn(0);
    expect(acknowledged).toEqual([1]);
  });

  it('catches up when the view goes away', () => {
    gate.viewIsLive(true);
    gate.received(0);
    gate.received(1);
    gate.viewIsLive(false);
    gate.viewIsLive(false);
    expect(acknowledged).toEqual([1]);
  });

  it('believes no view that claims to have drawn what never came', () => {
    gate.viewIsLive(true);
    gate.received(0);
    gate.drawn(1_000_000);
    expect(acknowledged).toEqual([0]);
  });
});
