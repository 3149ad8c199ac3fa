/** `template` with `{0}`, `{1}` … replaced. */
export function fill(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d+)\}/g, (_all, index: string) => values[Number(index)] ?? '');
}
