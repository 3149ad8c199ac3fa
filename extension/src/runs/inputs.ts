import { isObject } from '../json_value';

/** What is sent: positional arguments and keyword arguments. */
export interface Inputs {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

export const NO_INPUTS: Inputs = { args: [], kwargs: {} };

export function isInputs(value: unknown): value is Inputs {
  return isObject(value) && Array.isArray(value['args']) && isObject(value['kwargs']);
}
