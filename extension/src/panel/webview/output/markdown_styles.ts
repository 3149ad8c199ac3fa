import { css } from 'lit';

/** Markdown in the colors and sizes of the editor. */
export const markdownStyles = css`
  .markdown > * {
    margin: 0;
    padding-block: 4px;
  }
  .markdown p,
  .markdown li {
    white-space: pre-wrap;
  }
  .markdown li > ul,
  .markdown li > ol,
  .markdown ul,
  .markdown ol {
    white-space: normal;
    padding-left: 2em;
  }
  .markdown h1 {
    font-size: 1.4em;
  }
  .markdown h2 {
    font-size: 1.2em;
  }
  .markdown h3,
  .markdown h4,
  .markdown h5,
  .markdown h6 {
    font-size: 1em;
  }
  .markdown hr {
    padding: 0;
    margin-block: 8px;
    border: 0;
    border-top: 1px solid var(--vscode-panel-border, currentcolor);
  }
  .markdown blockquote {
    padding-left: 10px;
    border-left: 3px solid var(--vscode-textBlockQuote-border, var(--vscode-panel-border, currentcolor));
  }
  .markdown blockquote > *,
  .markdown li > p {
    margin-block: 4px;
  }
  .markdown table {
    display: block;
    overflow-x: auto;
    border-collapse: collapse;
  }
  .markdown th,
  .markdown td {
    padding: 2px 8px;
    border: 1px solid var(--vscode-panel-border, currentcolor);
  }
  .markdown th:not([align]) {
    text-align: left;
  }
  .code {
    position: relative;
  }
  .code pre,
  .value {
    padding: 8px 10px;
    border: 1px solid var(--vscode-panel-border, transparent);
    border-radius: 3px;
  }
  .value {
    margin-block: 4px;
  }
  .code .copy {
    position: absolute;
    top: 8px;
    right: 4px;
    opacity: 0;
    background: var(--vscode-editor-background);
  }
  .code:hover .copy,
  .code .copy:focus-visible {
    opacity: 1;
  }
`;
