import { describe, expect, it } from 'vitest';
import {
  type PlanResult,
  ServerController,
  type ServerState,
  type Session,
} from '../../../extension/src/server/controller';
import { type LaunchPlan, launchPlan } from '../../../extension/src/server/plan';
import { plain } from '../plain';

class FakeSession implements Session {
  running = false;
  stops = 0;
  constructor(
    readonly plan: LaunchPlan,
    readonly die: () => void,
    private readonly starting: () => Promise<void>,
  ) {}
  async start(): Promise<void> {
    await this.starting();
    this.running = true;
  }
  async stop(): Promise<void> {
    this.running = false;
    this.stops += 1;
  }
}

class Bench {
  readonly sessions: FakeSession[] = [];
  readonly states: ServerState<FakeSession>[] = [];
  readonly crashes: boolean[] = [];
  plan: PlanResult = planWith('/usr/bin/python3');
  searches = 0;
  time = 0;
  starting: () => Promise<void> = async () => undefined;
  finding: () => Promise<void> = async () => undefined;

  readonly controller = new ServerController<FakeSession>({
    findPlan: async () => {
      this.searches += 1;
      await this.finding();
      return this.plan;
    },
    createSession: (plan, died) => {
      const session = new FakeSession(plan, died, () => this.starting());
      this.sessions.push(session);
      return session;
    },
    stateChanged: (state) => this.states.push(state),
    crashed: (_message, willRestart) => this.crashes.push(willRestart),
    translate: plain,
    now: () => this.time,
  });

  get running(): FakeSession[] {
    return this.sessions.filter(({ running }) => running);
  }

  /** Waits for whatever the controller does by itself; a reconcile that changes nothing waits in the same lane. */
  async settled(): Promise<void> {
    await this.controller.reconcile();
  }
}

function planWith(executable: string): { plan: LaunchPlan } {
  return { plan: launchPlan({ executable, version: '3.12.0', origin: 'the PATH' }, '/ext') };
}

function gate(): { wait: () => Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait: () => opened, open };
}

describe('starting', () => {
  it('looks, starts, is ready', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    expect(bench.states.map(({ kind }) => kind)).toEqual(['looking', 'starting', 'ready']);
    expect(bench.running).toHaveLength(1);
  });

  it('says why there is no Python', async () => {
    const bench = new Bench();
    bench.plan = { plan: undefined, message: 'none found' };
    await bench.controller.reconcile();
    expect(bench.controller.state).toEqual({ kind: 'stopped', cause: 'no-python', message: 'none found' });
  });

  it('says why the server did not start, and leaves no process behind', async () => {
    const bench = new Bench();
    bench.starting = () => Promise.reject(new Error('no module named pygls'));
    await bench.controller.reconcile();
    expect(bench.controller.state).toMatchObject({ cause: 'start-failed', message: 'no module named pygls' });
    expect(bench.sessions[0]?.stops).toBe(1);
  });

  it('survives a search that fails', async () => {
    const bench = new Bench();
    bench.finding = () => Promise.reject(new Error('disk on fire'));
    await bench.controller.reconcile();
    expect(bench.controller.state).toMatchObject({ kind: 'stopped', message: 'disk on fire' });
  });
});

describe('reconciling', () => {
  it('keeps the server while the plan is the same', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    await bench.controller.reconcile();
    expect(bench.sessions).toHaveLength(1);
    expect(bench.states.map(({ kind }) => kind)).toEqual(['looking', 'starting', 'ready']);
  });

  it('restarts when the plan has changed', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    bench.plan = planWith('/opt/python3');
    await bench.controller.reconcile();
    expect(bench.sessions.map(({ running }) => running)).toEqual([false, true]);
  });

  it('keeps a running server when no Python is found any more', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    bench.plan = { plan: undefined, message: 'none found' };
    await bench.controller.reconcile();
    expect(bench.controller.state.kind).toBe('ready');
    expect(bench.running).toHaveLength(1);
  });
});

describe('one change at a time', () => {
  it('does what was asked for meanwhile once, afterwards', async () => {
    const bench = new Bench();
    const search = gate();
    bench.finding = search.wait;
    const first = bench.controller.reconcile();
    const others = [bench.controller.restart(), bench.controller.restart(), bench.controller.reconcile()];
    search.open();
    await Promise.all([first, ...others]);
    expect(bench.searches).toBe(2);
    expect(bench.sessions).toHaveLength(2);
    expect(bench.running).toHaveLength(1);
  });

  it('restarts on demand although the plan is the same', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    await bench.controller.restart();
    expect(bench.sessions.map(({ running }) => running)).toEqual([false, true]);
  });
});

describe('a crash', () => {
  async function crash(bench: Bench): Promise<void> {
    bench.running[0]?.die();
    await bench.settled();
  }

  it('is answered with one restart', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    await crash(bench);
    expect(bench.crashes).toEqual([true]);
    expect(bench.controller.state.kind).toBe('ready');
    expect(bench.sessions).toHaveLength(2);
  });

  it('is reported when it comes again', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    await crash(bench);
    bench.running[0]?.die();
    expect(bench.crashes).toEqual([true, false]);
    expect(bench.controller.state).toMatchObject({ kind: 'stopped', cause: 'crashed' });
    expect(bench.sessions).toHaveLength(2);
  });

  it('is forgotten after a long time', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    await crash(bench);
    bench.time += 11 * 60 * 1000;
    await crash(bench);
    expect(bench.crashes).toEqual([true, true]);
    expect(bench.controller.state.kind).toBe('ready');
  });

  it('is forgotten when the user restarts', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    await crash(bench);
    await bench.controller.restart();
    await crash(bench);
    expect(bench.crashes).toEqual([true, true]);
  });

  it('of a server that was replaced already is nobody’s business', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    const [old] = bench.sessions;
    await bench.controller.restart();
    old?.die();
    expect(bench.crashes).toEqual([]);
    expect(bench.controller.state.kind).toBe('ready');
  });
});

describe('disposing', () => {
  it('stops the server and starts none again', async () => {
    const bench = new Bench();
    await bench.controller.reconcile();
    await bench.controller.dispose();
    await bench.controller.restart();
    expect(bench.running).toEqual([]);
    expect(bench.sessions).toHaveLength(1);
  });

  it('stops a server that was just starting', async () => {
    const bench = new Bench();
    const start = gate();
    bench.starting = start.wait;
    const starting = bench.controller.reconcile();
    await Promise.resolve();
    await Promise.resolve();
    const disposing = bench.controller.dispose();
    start.open();
    await Promise.all([starting, disposing]);
    expect(bench.running).toEqual([]);
  });
});
