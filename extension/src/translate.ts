/**
 * Puts a text into the user's language and fills in `{0}`, `{1}` and so on: `vscode.l10n.t` for modules that decide
 * without the editor.
 */
export type Translate = (text: string, ...values: (string | number)[]) => string;
