import { type Inputs, isInputs } from './inputs';

/** The part of a VS Code `Memento` that is needed. */
export interface Store {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const PREFIX = 'runagent.inputs:';
const SIZE_LIMIT = 100_000;
const SECRET_WORDS =
  /(?:^|[_-])(?:pass(?:word|wd|phrase)?|pwd|pin|secret|secrets|token|apikey|api[_-]?key|access[_-]?key|private[_-]?key|key|credentials?|auth|authorization|bearer|cookie)(?:$|[_-])/;

/** Whether a field of this name probably holds a key or password. */
export function looksSecret(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return SECRET_WORDS.test(words);
}

/** The last inputs of each entrypoint in this workspace. Fields that look secret are never stored. */
export class RememberedInputs {
  constructor(private readonly store: Store) {}

  get(configUri: string, tag: string): Inputs | undefined {
    const stored = this.store.get(storeKey(configUri, tag));
    return isInputs(stored) ? stored : undefined;
  }

  /** `positionalNames`: the names of the positional arguments, where known. */
  async remember(
    configUri: string,
    tag: string,
    inputs: Inputs,
    positionalNames: readonly string[] = [],
  ): Promise<void> {
    const firstSecret = positionalNames.findIndex(looksSecret);
    const args = firstSecret === -1 ? inputs.args : inputs.args.slice(0, firstSecret);
    const kept = withoutSecrets({ args, kwargs: inputs.kwargs });
    const fits = JSON.stringify(kept).length <= SIZE_LIMIT;
    await this.store.update(storeKey(configUri, tag), fits ? kept : undefined);
  }
}

function storeKey(configUri: string, tag: string): string {
  return `${PREFIX}${configUri}#${tag}`;
}

/** Levels of a value that are looked at; the server reads no deeper ones. */
const DEEPEST = 1_000;

/** A copy of `value` in which no object has a member whose name looks secret; null in place of what is deeper. */
export function withoutSecrets<T>(value: T, depth?: number): T;
export function withoutSecrets(value: unknown, depth = DEEPEST): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((member) => withoutSecrets(member, depth - 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !looksSecret(name))
      .map(([name, member]) => [name, withoutSecrets(member, depth - 1)]),
  );
}
