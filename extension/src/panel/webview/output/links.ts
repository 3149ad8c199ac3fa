import { isWebLink } from '../../../output/messages';

/**
 * The link of an agent that was clicked, if it may be followed. None is followed by the page itself: the extension
 * looks at it once more.
 */
export function clickedLink(event: MouseEvent): string | undefined {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (link === undefined) return undefined;
  event.preventDefault();
  event.stopPropagation();
  return event.button <= 1 && isWebLink(link.href) ? link.href : undefined;
}
