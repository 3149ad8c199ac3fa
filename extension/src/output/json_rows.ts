import { Sums } from './sums';

/** A value in a tree, as a row shows it. */
export interface JsonRow {
  /** The value that it belongs to, by its place among the roots. */
  readonly root: number;
  /** Name or index in the value around it; null for a root. */
  readonly key: string | number | null;
  readonly value: unknown;
  /** 1 for a root. */
  readonly level: number;
  /** Place among the values beside it, from 1, and how many those are. */
  readonly place: number;
  readonly siblings: number;
  /** Names and indices from the root to it. */
  readonly path: readonly (string | number)[];
  readonly isOpen: boolean;
}

type Path = JsonRow['path'];

/** Rows that are opened by themselves when there is only one root. */
const OPEN_AT_FIRST = 200;

/**
 * Many values as one tree of rows. Only what is open has rows, and a closed root is not even read: `parse` parses it
 * when it is opened, and may answer undefined while its text is not here.
 */
export class JsonRows {
  readonly #counts = new Sums();
  readonly #opened = new Map<number, JsonRow[]>();

  constructor(private readonly parse: (root: number) => { readonly value: unknown } | undefined) {}

  get roots(): number {
    return this.#counts.length;
  }

  get count(): number {
    return this.#counts.total;
  }

  /** Another root at the end. */
  addRoot(): void {
    this.#counts.push(1);
  }

  /** The root that a row belongs to, and the row in it when the root is open. */
  at(index: number): { readonly root: number; readonly row: JsonRow | undefined } {
    const root = this.#counts.find(index);
    const rows = this.#opened.get(root);
    return { root, row: rows?.[index - this.#counts.before(root)] };
  }

  indexOfRoot(root: number): number {
    return this.#counts.before(root);
  }

  isOpen(index: number): boolean {
    return this.at(index).row?.isOpen ?? false;
  }

  /** Shows what is in a value. False: it cannot be shown yet, or there is nothing in it. */
  open(index: number): boolean {
    if (index >= this.count) return false;
    const { root } = this.at(index);
    const rows = this.#opened.get(root) ?? this.#readRoot(root);
    const place = index - this.#counts.before(root);
    const row = rows?.[place];
    if (rows === undefined || row === undefined || row.isOpen || sizeOf(row.value) === 0) return false;
    // Not by `splice`: a list may be longer than what can be handed to a function.
    const opened = [
      rows.slice(0, place),
      [{ ...row, isOpen: true }],
      childRows(row),
      rows.slice(place + 1),
    ].flat();
    this.#opened.set(root, opened);
    this.#counts.set(root, opened.length);
    return true;
  }

  close(index: number): boolean {
    const { root, row } = this.at(index);
    const rows = this.#opened.get(root);
    if (rows === undefined || row === undefined || !row.isOpen) return false;
    const place = index - this.#counts.before(root);
    let end = place + 1;
    while ((rows[end]?.level ?? 0) > row.level) end += 1;
    rows.splice(place, end - place, { ...row, isOpen: false });
    if (rows.length === 1) this.#opened.delete(root);
    this.#counts.set(root, rows.length);
    return true;
  }

  /** Opens the first levels of a root, as far as that makes no long list. */
  openFirst(root: number): boolean {
    const first = this.indexOfRoot(root);
    if (!this.open(first)) return false;
    for (let index = first + 1; index < first + this.#counts.get(root); index += 1) {
      const value = this.at(index).row?.value;
      if (this.#counts.get(root) + sizeOf(value) <= OPEN_AT_FIRST) this.open(index);
    }
    return true;
  }

  /** The row of the value around a row; itself for a root. */
  parentOf(index: number): number {
    const level = this.at(index).row?.level ?? 1;
    let at = index;
    while (level > 1 && (this.at(at).row?.level ?? 0) >= level) at -= 1;
    return at;
  }

  #readRoot(root: number): JsonRow[] | undefined {
    const read = this.parse(root);
    if (read === undefined) return undefined;
    const place = { place: root + 1, siblings: this.roots };
    const rows = [{ root, key: null, value: read.value, level: 1, ...place, path: [], isOpen: false }];
    this.#opened.set(root, rows);
    return rows;
  }
}

/** How many values are in a value. */
export function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function childRows({ root, value, level, path }: JsonRow): JsonRow[] {
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value as object);
  return entries.map(([key, child], index) => ({
    root,
    key,
    value: child,
    level: level + 1,
    place: index + 1,
    siblings: entries.length,
    path: [...path, key] as Path,
    isOpen: false,
  }));
}

/** A value in few words: a whole scalar, or what an object or a list begins with. */
export function brief(value: unknown, limit = 120): string {
  if (typeof value !== 'object' || value === null) return cut(JSON.stringify(value) ?? 'null', limit);
  const isList = Array.isArray(value);
  const parts: string[] = [];
  let room = limit;
  for (const [key, child] of Object.entries(value)) {
    if (room <= 0) {
      parts.push('…');
      break;
    }
    const inside =
      typeof child === 'object' && child !== null ? hollow(child) : cut(JSON.stringify(child) ?? '', 40);
    const part = isList ? inside : `${cut(key, 40)}: ${inside}`;
    parts.push(part);
    room -= part.length + 2;
  }
  return isList ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`;
}

function hollow(value: object): string {
  // How many there are would read like a list of that number.
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]';
  return Object.keys(value).length === 0 ? '{}' : '{…}';
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** The way to a value as one writes it in code: `choices[0].delta`. */
export function pathText(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}
