import type { Content, Draft, Place } from '../../../form/draft';
import { same } from '../../../form/json_schema';
import { isWithin, type Path, type Problem, type ProblemCode } from '../../../form/problem';
import type { Shape } from '../../../form/shape';
import type { FormWords } from '../../../form/words';
import { fill } from '../../../translate';

/** What all fields of a form share. A new one for each drawing. */
export interface FormContext {
  readonly words: FormWords;
  /** Whether a run was asked for: from then on it is said what is still missing. */
  readonly attempted: boolean;
  readonly problems: readonly Problem[];
  /** What the server has found, by place. */
  readonly served: readonly ServedProblem[];
}

export interface ServedProblem {
  readonly path: Path;
  readonly message: string;
}

/** A place in the form and what is said of it. */
export interface FieldPlace extends Place {
  /** Parameter, key or item, as it is shown. */
  readonly label: string;
  readonly path: Path;
  /** As Python source: `int = 3`. */
  readonly annotation?: string | null;
  readonly description?: string | null;
  readonly defaultText?: string | null;
  readonly defaultValue?: unknown;
  readonly isSecret?: boolean;
  /** Set for a row of a list or of keys, where the label is only there for screen readers if it can be. */
  readonly row?: 'item' | 'member';
  /** Whether nothing in it is the same as leaving it out: `*args` and `**kwargs`. */
  readonly isVariadic?: boolean;
}

/** Whether a field has to be drawn again: with hundreds of them only those that differ are. */
export function isOtherPlace(now: FieldPlace, before: FieldPlace | undefined): boolean {
  if (before === undefined || now.schema !== before.schema || now.definitions !== before.definitions)
    return true;
  return !same({ ...now, schema: 0, definitions: 0 }, { ...before, schema: 0, definitions: 0 });
}

export function isOtherContext(now: FormContext, before: FormContext | undefined): boolean {
  if (before === undefined || now.words !== before.words || now.attempted !== before.attempted) return true;
  return !same(now.problems, before.problems) || !same(now.served, before.served);
}

/** What is said under a field. */
export interface Remark {
  readonly text: string;
  readonly kind: 'error' | 'warning';
  readonly code?: ProblemCode;
}

/** What the control of a place is described by, beside its name: ids of elements in its field. */
export function described({ place }: { readonly place: FieldPlace }): string {
  return place.description ? 'about note remarks' : 'note remarks';
}

/** The remarks of a place itself, and of everything inside for which there is no field. */
export function remarksOf(
  context: FormContext,
  { path }: FieldPlace,
  content: Content,
  shape: Shape | undefined,
): Remark[] {
  const isHere = (at: Path) =>
    isWithin(at, path) && (at.length === path.length || !hasField(content, shape, at[path.length]));
  const own = context.problems.filter(
    ({ path: at, code }) => isHere(at) && (context.attempted || code !== 'required'),
  );
  const served = context.served.filter((problem) => isHere(problem.path));
  return [
    ...own.map(({ code, values, blocks }): Remark => {
      return {
        text: fill(context.words.problems[code], ...values),
        kind: blocks ? 'error' : 'warning',
        code,
      };
    }),
    ...served.map(({ message }): Remark => ({ text: message, kind: 'error' })),
  ];
}

/** Whether `key` inside of a content has a field of its own. */
function hasField(content: Content, shape: Shape | undefined, key: string | number | undefined): boolean {
  if (content.kind === 'list') return typeof key === 'number' && key < content.items.length;
  if (content.kind !== 'object') return false;
  const known = shape?.kind === 'object' ? shape.members : [];
  return [...content.members, ...known].some(({ name }) => name === key);
}

/** Told by a field whose draft changed; its parent puts the new one in place. */
export class DraftChange extends CustomEvent<Draft> {
  /** `path`: where the change itself was, perhaps far inside of the draft. */
  constructor(
    draft: Draft,
    readonly path: Path,
  ) {
    super('draft-change', { detail: draft });
  }
}
