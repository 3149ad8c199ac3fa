/** A JSON value as Python writes it, for defaults that stand inside of types. */
export function pythonText(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value) ?? 'None';
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${pythonText(member)}`,
  );
  return `{${members.join(', ')}}`;
}
