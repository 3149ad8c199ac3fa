import { css } from 'lit';
import { buttonStyles, tabStyles } from '../control_styles';

/** Buttons and notes, as in the rest of the page. The font of the icons is on the page already. */
export const sharedStyles = css`
  [hidden] {
    display: none !important;
  }
  .note {
    color: var(--vscode-descriptionForeground);
    margin: 4px 0;
  }
  ${buttonStyles}
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
  button.link[aria-disabled='true'] {
    color: var(--vscode-disabledForeground);
    text-decoration: none;
    cursor: not-allowed;
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
  ${tabStyles}
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
