import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchPlan, samePlan } from '../../../extension/src/server/plan';

const python = { executable: '/usr/bin/python3', version: '3.12.1', origin: 'the PATH' };

describe('launchPlan', () => {
  it('starts the bundled server isolated from the user and the workspace', () => {
    expect(launchPlan(python, '/ext')).toEqual({
      command: '/usr/bin/python3',
      args: ['-I', '-S', path.join('/ext', 'server', 'launch.py')],
      cwd: '/ext',
      interpreter: python,
    });
  });
});

describe('samePlan', () => {
  const plan = launchPlan(python, '/ext');

  it('ignores how the interpreter was found', () => {
    expect(samePlan(plan, launchPlan({ ...python, origin: 'the setting' }, '/ext'))).toBe(true);
  });

  it.each([
    ['another program', launchPlan({ ...python, executable: '/opt/python' }, '/ext')],
    ['another version at the same place', launchPlan({ ...python, version: '3.13.0' }, '/ext')],
    ['another extension folder', launchPlan(python, '/ext-2')],
    ['another argument', { ...plan, args: [...plan.args, '--verbose'] }],
  ])('sees %s', (_what, other) => {
    expect(samePlan(plan, other)).toBe(false);
  });
});
