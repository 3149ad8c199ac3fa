/**
 * Puts a text into the user's language and fills in `{0}`, `{1}` and so on: `vscode.l10n.t` for modules that decide
 * without the editor.
 */
export type Translate = (text: string, ...values: (string | number)[]) => string;

/** `template` with `{0}`, `{1}` … replaced: what `Translate` does, where the words are there already. */
export function fill(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d+)\}/g, (_all, index: string) => values[Number(index)] ?? '');
}
