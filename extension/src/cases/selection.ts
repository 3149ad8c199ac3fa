/** What is looked at of an item of the test explorer. */
export interface Selectable<T> {
  readonly id: string;
  readonly parent: T | undefined;
  /** Its place among its neighbours, as text. */
  readonly sortText?: string | undefined;
  readonly children: { readonly size: number } & Iterable<[string, T]>;
}

/** The cases that a request means, each once, in the order of the tree; nothing included means all of them. */
export function selectedCases<T extends Selectable<T>>(
  roots: Iterable<[string, T]>,
  include: readonly T[] | undefined,
  exclude: readonly T[] = [],
): T[] {
  const left = new Set(exclude.map(({ id }) => id));
  const wanted = include === undefined ? undefined : new Set(include.map(({ id }) => id));
  const found: T[] = [];
  const visit = (item: T, isWanted: boolean): void => {
    if (left.has(item.id)) return;
    const within = isWanted || (wanted?.has(item.id) ?? true);
    if (item.children.size === 0 && item.parent !== undefined) {
      if (within) found.push(item);
      return;
    }
    for (const child of inOrder(item.children)) visit(child, within);
  };
  for (const root of inOrder(roots)) visit(root, false);
  return found;
}

/** As the tree shows them: a collection keeps them in the order in which they came. */
function inOrder<T extends Selectable<T>>(items: Iterable<[string, T]>): T[] {
  const key = ({ sortText = '' }: T) => sortText;
  return [...items].map(([, item]) => item).sort((left, right) => key(left).localeCompare(key(right)));
}
