/** Where a value stands in a JSON text; `to` is null when the text ends before the value does. */
export interface Span {
  readonly from: number;
  readonly to: number | null;
}

const MARK = /["[\]{},:]/g;

/**
 * The values that are in the object or list that begins at `from`, in order, without parsing them: a text of which only
 * the beginning is there has some too. Anything that is no JSON gives few or none.
 */
export function* spansIn(text: string, from: number): Generator<Span> {
  let start = from + 1;
  for (const { at, mark, depth } of marksIn(text, from)) {
    if (depth > 1) continue;
    if (mark !== ':' && at > start && text.slice(start, at).trim() !== '') yield { from: start, to: at };
    if (depth === 0) return;
    start = mark === ',' || mark === ':' ? at + 1 : start;
  }
  if (start < text.length) yield { from: start, to: null };
}

interface Mark {
  readonly at: number;
  readonly mark: string;
  /** How many objects and lists are open after it. */
  readonly depth: number;
}

/** The marks between values from a bracket to the one that closes it, without those that open or close inner ones. */
function* marksIn(text: string, from: number): Generator<Mark> {
  let depth = 0;
  for (let at = nextMark(text, from); at >= 0; at = nextMark(text, at + 1)) {
    const mark = text.charAt(at);
    if (mark === '"') at = endOfString(text, at);
    else if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (mark === ',' || mark === ':' || depth === 0) yield { at, mark, depth };
    if (depth === 0) return;
  }
}

/** Where an object or a list begins in a text, blanks before it left out; -1 when something else stands there. */
export function containerAt(text: string, from: number): number {
  const match = /\S/g;
  match.lastIndex = from;
  const found = match.exec(text);
  return found !== null && (found[0] === '[' || found[0] === '{') ? found.index : -1;
}

function nextMark(text: string, from: number): number {
  MARK.lastIndex = from;
  return MARK.exec(text)?.index ?? -1;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
