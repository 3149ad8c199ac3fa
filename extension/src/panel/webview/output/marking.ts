import type { Query } from '../../../output/messages';
import type { Search } from '../../../output/search';
import type { OutputView } from './output_view';

/** Marks in a view what a search has found, and puts a match where it is seen when it is another than before. */
export class Marking {
  #chosen: { readonly query: Query | null; readonly index: number } = { query: null, index: -1 };

  draw(search: Search, shown: OutputView): void {
    if (search.query !== null && search.current < 0 && search.matches.length > 0) {
      search.choose(shown.position);
    }
    const { query, current: index } = search;
    const isOther = query !== this.#chosen.query || index !== this.#chosen.index;
    shown.mark(query === null ? null : { query, matches: search.matches, index });
    if (!isOther) return;
    this.#chosen = { query, index };
    if (search.match !== null) shown.show(search.match);
  }

  /** Another view is shown, in which the match is not seen yet. */
  begin(): void {
    this.#chosen = { query: null, index: -1 };
  }
}

/** Whether a key asks for a search. The page's own one, which VS Code opens by it, sees only what is drawn. */
export function isFind({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return key === 'f' && (ctrlKey || metaKey) && !altKey && !shiftKey;
}
