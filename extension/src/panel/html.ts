/** What the page is made of. All URIs are the webview's own. */
export interface PageParts {
  readonly cspSource: string;
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** The style of VS Code's icons, which each element that draws one looks for. */
  readonly iconsUri: string;
  readonly title: string;
  readonly language: string;
}

/**
 * The page of a run. Nothing may be loaded but our own styles and the one script that carries the nonce; whatever an
 * agent sends is put in as text later, so that even a hole there could load and run nothing.
 */
export function pageHtml(parts: PageParts): string {
  const policy = [
    "default-src 'none'",
    `style-src ${parts.cspSource}`,
    `font-src ${parts.cspSource}`,
    `script-src 'nonce-${parts.nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(parts.title)}</title>
<link rel="stylesheet" href="${escapeHtml(parts.styleUri)}">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${escapeHtml(parts.iconsUri)}">
</head>
<body>
<main id="run"></main>
<script nonce="${escapeHtml(parts.nonce)}" src="${escapeHtml(parts.scriptUri)}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
