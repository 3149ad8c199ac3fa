/** Widths for which the heights were set. */
const widths = new WeakMap<Element, number>();

const whenResized = new ResizeObserver((entries) => {
  const changed = entries.filter(({ target, contentRect }) => widths.get(target) !== contentRect.width);
  for (const { target, contentRect } of changed) widths.set(target, contentRect.width);
  grow(changed.map(({ target }) => target).filter((target) => target instanceof HTMLTextAreaElement));
});

/** Makes a text area as high as its text, soon and whenever its width changes. The style sets the limit. */
export function growWithText(area: HTMLTextAreaElement): void {
  whenResized.observe(area);
  if (waiting.size === 0) queueMicrotask(growAll);
  waiting.add(area);
}

const waiting = new Set<HTMLTextAreaElement>();

/** All at once: writing one height makes the browser lay everything out again before the next can be read. */
function growAll(): void {
  const areas = [...waiting];
  waiting.clear();
  grow(areas);
}

function grow(areas: readonly HTMLTextAreaElement[]): void {
  for (const area of areas) area.style.setProperty('height', 'auto');
  const heights = areas.map((area) => area.scrollHeight + area.offsetHeight - area.clientHeight);
  for (const [index, area] of areas.entries()) area.style.setProperty('height', `${heights[index]}px`);
}
