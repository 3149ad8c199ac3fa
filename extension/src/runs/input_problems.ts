import { isObject } from '../json_value';
import type { InputProblem, RunError } from '../server/protocol.generated';

/** What is wrong with one input, as the server found it before the call. */
export interface ShownProblem {
  /**
   * Where: `name`, or inside a value `order.items[2]`; empty when the problem belongs to no single parameter, or its
   * message names the place.
   */
  readonly where: string;
  readonly message: string;
}

/** The problems that an error lists in `details.problems`; whatever does not look like one is left out. */
export function sentProblems({ details }: RunError): InputProblem[] {
  const { problems } = (isObject(details) ? details : {}) as { problems?: unknown };
  return Array.isArray(problems) ? problems.filter(isProblem) : [];
}

/** The same for people. */
export function inputProblems(error: RunError): ShownProblem[] {
  return sentProblems(error).map(({ parameter, path, message }) => {
    const where = path.map(step).join('') || (parameter ?? '');
    return { where: isNamed(where, message) ? '' : where, message };
  });
}

function isNamed(where: string, message: string): boolean {
  return message.split(/[\s,;:]+/).some((word) => word.replace(/\.$/, '') === where);
}

function step(key: string | number, index: number): string {
  if (typeof key === 'number') return `[${key}]`;
  return index === 0 ? key : `.${key}`;
}

function isProblem(problem: unknown): problem is InputProblem {
  if (!isObject(problem)) return false;
  const { parameter, path, message } = problem;
  return (
    typeof message === 'string' &&
    (parameter === null || typeof parameter === 'string') &&
    Array.isArray(path) &&
    path.every((key) => typeof key === 'string' || typeof key === 'number')
  );
}
