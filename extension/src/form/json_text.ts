/** A JSON text as a value, or why it is none. */
export type Parsed =
  | { readonly value: unknown }
  | { readonly reason: 'syntax'; readonly message: string }
  /** A number that would be sent as another one. */
  | { readonly reason: 'inexact'; readonly number: string };

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context?: { readonly source?: string },
) => unknown;

/** Like `JSON.parse`, but a number that JavaScript cannot hold exactly is refused instead of changed. */
export function parsedJson(text: string): Parsed {
  let inexact: string | undefined;
  const watch: Reviver = (_key, value, context) => {
    if (typeof value === 'number' && context?.source !== undefined && !isExact(context.source, value)) {
      inexact ??= context.source;
    }
    return value;
  };
  try {
    const value: unknown = LARGE_NUMBER.test(text) ? JSON.parse(text, watch) : JSON.parse(text);
    return inexact === undefined ? { value } : { reason: 'inexact', number: inexact };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { reason: 'syntax', message };
  }
}

/** Only texts with such digits are read with the slower look at each number. */
const LARGE_NUMBER = /\d{16}|\d[eE]/;

/** Whether a number is sent as it was written; fractions are rounded everywhere in the same way. */
export function isExact(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return value === 0 || !/^-?\d+$/.test(source) || String(value) === source.replace(/^(-?)0+/, '$1');
}
