import type { Translate } from '../../extension/src/translate';

/** The words as they stand in the source, filled in as `vscode.l10n.t` does. */
export const plain: Translate = (text, ...values) =>
  text.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));

/** Marks each text that was translated, so that one that was not stands out. */
export const marked: Translate = (text, ...values) => `«${plain(text, ...values)}»`;
