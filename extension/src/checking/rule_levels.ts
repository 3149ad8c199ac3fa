import { isObject } from '../json_value';

/** The setting `runagent.rules` with one more rule that is off; whatever else stands there stays. */
export function withRuleOff(setting: unknown, slug: string): Record<string, unknown> {
  return { ...(isObject(setting) ? setting : {}), [slug]: 'off' };
}

/** The rule and the agent that the argument of `runagent.rules.disable` names; undefined for anything else. */
export function ruleToDisable(argument: unknown): { slug: string; configUri: string } | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { slug, configUri } = argument as { slug?: unknown; configUri?: unknown };
  if (typeof slug !== 'string' || slug === '' || typeof configUri !== 'string') return undefined;
  return { slug, configUri };
}
