import { describe, expect, it } from 'vitest';
import { ruleToDisable, withRuleOff } from '../../../extension/src/checking/rule_levels';

describe('turning a rule off', () => {
  it('keeps the other rules of the setting', () => {
    expect(withRuleOff({ RA107: 'hint' }, 'unknown-field')).toEqual({
      RA107: 'hint',
      'unknown-field': 'off',
    });
    expect(withRuleOff({ 'unknown-field': 'error' }, 'unknown-field')).toEqual({ 'unknown-field': 'off' });
  });

  it('replaces a setting that is none', () => {
    for (const setting of [undefined, null, 'off', ['x']]) {
      expect(withRuleOff(setting, 'unknown-field')).toEqual({ 'unknown-field': 'off' });
    }
  });

  it('needs a rule and an agent', () => {
    const argument = { slug: 'unknown-field', configUri: 'file:///a/runagent.config.json' };
    expect(ruleToDisable(argument)).toEqual(argument);
    for (const wrong of [undefined, null, 'x', {}, { slug: '' }, { ...argument, configUri: 1 }]) {
      expect(ruleToDisable(wrong)).toBeUndefined();
    }
  });
});
