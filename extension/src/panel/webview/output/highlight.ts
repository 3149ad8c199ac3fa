import type { Query } from '../../../output/messages';

/** Names of the highlights in the styles of the views. */
const ALL = 'runagent-match';
const CURRENT = 'runagent-current-match';

/** Marks every place of the searched text in what is drawn, without touching the elements. */
export function highlight(root: ParentNode & Node, query: Query | null, current: Range | null): void {
  const found = query === null ? [] : rangesOf(root, query);
  CSS.highlights.set(ALL, new Highlight(...found));
  CSS.highlights.set(CURRENT, current === null ? new Highlight() : new Highlight(current));
}

/** The places of the text below `root`, in order; a place may reach over several elements. */
export function rangesOf(root: Node, { text, matchCase }: Query): Range[] {
  const nodes: { readonly node: Text; readonly at: number }[] = [];
  let all = '';
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    nodes.push({ node: node as Text, at: all.length });
    all += (node as Text).data;
  }
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const pattern = new RegExp(literal, matchCase ? 'gu' : 'giu');
  const ranges: Range[] = [];
  let first = 0;
  for (const match of all.matchAll(pattern)) {
    while ((nodes[first + 1]?.at ?? Number.POSITIVE_INFINITY) <= match.index) first += 1;
    const end = match.index + match[0].length;
    let last = first;
    while ((nodes[last + 1]?.at ?? Number.POSITIVE_INFINITY) < end) last += 1;
    const [from, to] = [nodes[first], nodes[last]];
    if (from === undefined || to === undefined) break;
    const range = document.createRange();
    range.setStart(from.node, match.index - from.at);
    range.setEnd(to.node, end - to.at);
    ranges.push(range);
  }
  return ranges;
}
