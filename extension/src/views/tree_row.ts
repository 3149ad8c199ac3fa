/** What a view shows of one element, before it is VS Code's own item. */
export interface TreeRow {
  /** Unique in its view; what is expanded and selected is remembered by it. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text; the whole of it is also what a screen reader says. */
  readonly tooltip: string;
  readonly icon: { readonly id: string; readonly color?: string };
  /** What menus ask for. */
  readonly context: string;
  readonly expands: 'no' | 'closed' | 'open';
}
