import { isObject } from '../json_value';
import type { Inputs } from '../runs/inputs';
import type { EntrypointInfo } from '../server/protocol.generated';
import { same } from './json_schema';
import { parsedJson } from './json_text';

/** Why a text gives no inputs. The texts are in `FormWords.textProblems`, `value` fills in `{0}`. */
export interface TextProblem {
  readonly code: 'syntax' | 'inexact' | 'object' | 'positional';
  readonly value: string;
}

/**
 * The JSON a person edits: the keyword arguments, or both kinds where there are positional ones. Every inputs come
 * back the same from `inputsFromText`.
 */
export function textFromInputs(info: EntrypointInfo, { args, kwargs }: Inputs): string {
  const plain = !takesPositional(info) && args.length === 0 && bothKinds(kwargs) === undefined;
  return JSON.stringify(plain ? kwargs : { args, kwargs }, undefined, 2);
}

export function inputsFromText(
  info: EntrypointInfo,
  text: string,
): { readonly inputs: Inputs } | { readonly problem: TextProblem } {
  const parsed = parsedJson(text);
  if (!('value' in parsed)) {
    const value = parsed.reason === 'inexact' ? parsed.number : parsed.message;
    return { problem: { code: parsed.reason, value } };
  }
  const { value } = parsed;
  if (!isObject(value)) return { problem: { code: 'object', value: '{ "name": value, … }' } };
  const both = bothKinds(value);
  if (both !== undefined) return { inputs: both };
  if (!takesPositional(info)) return { inputs: { args: [], kwargs: value } };
  return { problem: { code: 'positional', value: '{ "args": [ … ], "kwargs": { … } }' } };
}

/** Whether two inputs would be sent as the same. */
export function sameInputs(left: Inputs, right: Inputs): boolean {
  return same([left.args, left.kwargs], [right.args, right.kwargs]);
}

/** An object that is `{args, kwargs}` and nothing else. */
function bothKinds(value: Readonly<Record<string, unknown>>): Inputs | undefined {
  if (Object.keys(value).length !== 2 || !Object.hasOwn(value, 'args') || !Object.hasOwn(value, 'kwargs')) {
    return undefined;
  }
  const { args, kwargs } = value;
  return Array.isArray(args) && isObject(kwargs) ? { args, kwargs } : undefined;
}

function takesPositional(info: EntrypointInfo): boolean {
  return info.parameters.some(({ kind }) => kind === 'positional_only' || kind === 'var_positional');
}
