import DOMPurify from 'dompurify';
import MarkdownIt, { type RendererRule as RenderRule } from 'markdown-it';

/** HTML in an agent's text is shown as the text it is; images would be fetched, so they become links. */
const markdown = new MarkdownIt('default', { html: false, linkify: false });
markdown.validateLink = (url) => /^https?:\/\//i.test(url.trim());
markdown.renderer.rules['image'] = (tokens, index) => {
  const token = tokens[index];
  const source = markdown.utils.escapeHtml(String(token?.attrGet('src') ?? ''));
  const text = markdown.utils.escapeHtml(token?.content || String(token?.attrGet('src') ?? ''));
  return `<a href="${source}">${text}</a>`;
};

/** The alignment of a cell comes as a style, which the page does not let in. */
const cell: RenderRule = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  const align = /^text-align:(left|center|right)$/.exec(String(token?.attrGet('style') ?? ''))?.[1];
  if (token !== undefined) token.attrs = align === undefined ? null : [['align', align]];
  return renderer.renderToken(tokens, index, options);
};
markdown.renderer.rules['th_open'] = cell;
markdown.renderer.rules['td_open'] = cell;

const ALLOWED = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'ul', 'ol', 'li', 'pre', 'code'],
    ...['em', 'strong', 's', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'start', 'title', 'align'],
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const;

/** Markdown of an agent as nodes that can do no harm: text, structure, and links to http and https. */
export function safeMarkdown(text: string): DocumentFragment {
  return DOMPurify.sanitize(markdown.render(text), {
    ...ALLOWED,
    ALLOWED_TAGS: [...ALLOWED.ALLOWED_TAGS],
    ALLOWED_ATTR: [...ALLOWED.ALLOWED_ATTR],
  });
}
