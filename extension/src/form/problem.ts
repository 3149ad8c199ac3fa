import { same } from './json_schema';

/** The way to a place in the inputs: the parameter's name, then keys and indexes. */
export type Path = readonly (string | number)[];

/** What is said at a field. The texts are in `FormWords.problems`; `values` fill in `{0}` and so on. */
export interface Problem {
  readonly path: Path;
  readonly code: ProblemCode;
  readonly values: readonly string[];
  /** Whether there is nothing that could be sent. Else the agent has the last word. */
  readonly blocks: boolean;
}

export type ProblemCode =
  | 'required'
  | 'number'
  | 'notFinite'
  | 'inexact'
  | 'json'
  | 'doubleKey'
  | 'gap'
  | 'list'
  | 'object'
  | 'whole'
  | 'minimum'
  | 'maximum'
  | 'exclusiveMinimum'
  | 'exclusiveMaximum'
  | 'multipleOf'
  | 'minLength'
  | 'maxLength'
  | 'minItems'
  | 'maxItems'
  | 'date'
  | 'date-time'
  | 'time'
  | 'uuid';

/** Whether a place is the other, or lies inside it. */
export function isWithin(path: Path, outer: Path): boolean {
  return outer.length <= path.length && outer.every((key, index) => same(key, path[index]));
}
