/**
 * Puts a text into the user's language and fills in `{0}`, `{1}` and so on: `vscode.l10n.t` for modules that decide
 * without the editor.
 */
export type Translate = (text: string, ...values: (string | number)[]) => string;

/** A number with its noun: `one` says it of one, `many` of `{0}`. */
export function counted(count: number, one: string, many: string, locale?: string): string {
  return count === 1 ? one : fill(many, count.toLocaleString(locale));
}

/** The word for a key that anybody may have chosen; undefined when there is none, also for `constructor`. */
export function wordFor(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/** `template` with `{0}`, `{1}` … replaced: what `Translate` does, where the words are there already. */
export function fill(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d+)\}/g, (_all, index: string) => values[Number(index)] ?? '');
}
