import { css } from 'lit';

/** Buttons and notes, as in the rest of the page. The font of the icons is on the page already. */
export const sharedStyles = css`
  [hidden] {
    display: none !important;
  }
  .note {
    color: var(--vscode-descriptionForeground);
    margin: 4px 0;
  }
  button {
    font: inherit;
    padding: 3px 9px;
    border: 1px solid var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
    cursor: pointer;
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
  }
  button:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  button.icon {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 24px;
    min-height: 24px;
    padding: 2px;
    border-color: transparent;
    color: var(--vscode-icon-foreground);
    background: none;
  }
  button.icon:hover {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  button.icon[aria-pressed='true'],
  button.icon[aria-expanded='true'] {
    color: var(--vscode-inputOption-activeForeground);
    background: var(--vscode-inputOption-activeBackground);
    border-color: var(--vscode-inputOption-activeBorder, transparent);
  }
  button.link {
    padding: 0;
    border: 0;
    color: var(--vscode-textLink-foreground);
    background: none;
    text-decoration: underline;
  }
  .icon::before {
    font: normal 16px / 1 codicon;
  }
  .search::before {
    content: '\\ea6d';
  }
  .close::before {
    content: '\\ea76';
  }
  .go-to-file::before {
    content: '\\ea94';
  }
  .arrow-down::before {
    content: '\\ea9a';
  }
  .arrow-up::before {
    content: '\\eaa1';
  }
  .case-sensitive::before {
    content: '\\eab1';
  }
  .check::before {
    content: '\\eab2';
  }
  .chevron-down::before {
    content: '\\eab4';
  }
  .chevron-right::before {
    content: '\\eab6';
  }
  .save::before {
    content: '\\eb4b';
  }
  .copy::before {
    content: '\\ebcc';
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
`;

/** The frame around the views. */
export const pageStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 6px;
    flex: 1;
    min-height: 16em;
  }
  .bar,
  .tabs,
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
  }
  .bar {
    justify-content: space-between;
    gap: 4px 12px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  [role='tab'] {
    padding: 4px 8px;
    margin-bottom: -1px;
    border: 0;
    border-bottom: 2px solid transparent;
    border-radius: 0;
    color: var(--vscode-panelTitle-inactiveForeground, var(--vscode-foreground));
    background: none;
  }
  [role='tab']:hover {
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
    background: none;
  }
  [role='tab'][aria-selected='true'] {
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
    border-bottom-color: var(--vscode-panelTitle-activeBorder, currentcolor);
  }
  .body {
    position: relative;
    display: flex;
    flex-direction: column;
    flex: 1;
    min-height: 10em;
  }
  .view {
    flex: 1;
    min-height: 0;
  }
  .jump {
    position: absolute;
    right: 20px;
    bottom: 12px;
  }
  .announcer {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** The views, of which each draws rows in a scrolled frame. */
export const viewStyles = css`
  :host {
    display: flex;
    flex-direction: column;
  }
  .scroller {
    position: relative;
    flex: 1 1 0;
    min-height: 0;
    overflow: auto;
    overflow-anchor: none;
    border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, currentcolor));
    border-radius: 4px;
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
  .sizer {
    position: relative;
    overflow: hidden;
  }
  .rows {
    position: absolute;
    inset: 0 0 auto;
  }
  .segment {
    display: flow-root;
    padding: 0 12px;
    tab-size: 4;
  }
  pre,
  code,
  .grid,
  .tree {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  pre {
    margin: 0;
    white-space: pre-wrap;
  }
  code {
    color: inherit;
    background: none;
  }
  a {
    color: var(--vscode-textLink-foreground);
  }
  ::highlight(runagent-match) {
    background-color: var(--vscode-editor-findMatchHighlightBackground);
    text-decoration: underline dashed var(--vscode-editor-findMatchHighlightBorder, transparent);
  }
  ::highlight(runagent-current-match) {
    background-color: var(--vscode-editor-findMatchBackground);
    text-decoration: underline solid 2px var(--vscode-editor-findMatchBorder, currentcolor);
  }
  @media (forced-colors: active) {
    .scroller {
      border-color: currentcolor;
    }
  }
`;

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

export const gridStyles = css`
  .cells {
    display: grid;
    grid-template-columns: 4em 6em 6em 5em minmax(8em, 1fr);
    gap: 0 12px;
    padding: 0 8px;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    height: 22px;
    align-items: center;
    font-family: var(--vscode-font-family);
    color: var(--vscode-descriptionForeground);
    background: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    box-sizing: border-box;
  }
  .event > .cells {
    height: 22px;
    align-items: center;
    cursor: pointer;
    font-variant-numeric: tabular-nums;
  }
  .event > .cells > * {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .event > .cells > :nth-child(-n + 4) {
    text-align: right;
  }
  .head > :nth-child(-n + 4) {
    text-align: right;
  }
  .event:hover,
  .node:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .scroller:focus .active {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .active {
    color: var(--vscode-list-inactiveSelectionForeground);
    background: var(--vscode-list-inactiveSelectionBackground);
  }
  .opened {
    position: relative;
    padding: 4px 12px 8px;
  }
  .opened pre {
    max-height: 24em;
    overflow: auto;
  }
  .opened .copy {
    position: absolute;
    top: 4px;
    right: 16px;
  }
  .node {
    display: flex;
    align-items: center;
    height: 22px;
    padding: 0 8px;
    white-space: pre;
    overflow: hidden;
    cursor: pointer;
  }
  .node .indent {
    flex: none;
    width: 16px;
    height: 100%;
    box-sizing: border-box;
    border-left: 1px solid var(--vscode-tree-indentGuidesStroke, transparent);
  }
  .node .icon {
    display: flex;
    flex: none;
    width: 16px;
  }
  .key {
    color: var(--vscode-symbolIcon-propertyForeground, var(--vscode-foreground));
  }
  .brief {
    color: var(--vscode-descriptionForeground);
  }
  .brief,
  .scalar {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  @media (max-width: 500px) {
    .cells {
      grid-template-columns: 3.5em 5em 5em 5em minmax(6em, 1fr);
      gap: 0 4px;
    }
  }
`;
