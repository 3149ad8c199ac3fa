import { css } from 'lit';

/** Rows of events and of JSON, which are as high as a line until they are opened. */
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
