import { css } from 'lit';

/** The lines of a trace: steps with what they took, and what happened in them. */
export const traceStyles = css`
  /* The page may be wide and the place for the output narrow. */
  :host {
    container-type: inline-size;
  }
  .summary {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0 12px;
    padding-bottom: 4px;
  }
  .totals {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
  }
  .totals .agent {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .tools {
    display: flex;
  }
  .line {
    display: flex;
    align-items: flex-start;
    min-height: 22px;
    padding: 1px 8px;
    line-height: 20px;
    cursor: pointer;
  }
  .line:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .line.entry {
    padding-block: 3px;
    border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  .line[data-row='0'] {
    border-top-color: transparent;
  }
  .indent {
    flex: none;
    align-self: stretch;
    width: 16px;
    margin-block: -1px;
    box-sizing: border-box;
    border-left: 1px solid var(--vscode-tree-indentGuidesStroke, transparent);
  }
  .line > .icon {
    display: flex;
    flex: none;
    align-items: center;
    width: 18px;
    height: 20px;
  }
  .content {
    flex: 1;
    min-width: 0;
  }
  .entry > .content {
    display: grid;
    grid-template-columns: 6.5em minmax(0, 1fr) auto;
    gap: 0 12px;
  }
  .title {
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .brief {
    color: var(--vscode-descriptionForeground);
  }
  .step .brief,
  .session .brief {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .code {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  .tool {
    color: var(--vscode-symbolIcon-functionForeground, var(--vscode-foreground));
  }
  .key {
    color: var(--vscode-symbolIcon-propertyForeground, var(--vscode-foreground));
  }
  .label {
    font-weight: 600;
    margin-right: 6px;
  }
  .failed {
    color: var(--vscode-foreground);
  }
  .failed::before {
    content: '\\ea87';
    font: normal 14px / 1 codicon;
    vertical-align: text-bottom;
    margin-right: 4px;
    color: var(--vscode-editorError-foreground, var(--vscode-errorForeground));
  }
  .took {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 10px;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .took .time {
    min-width: 4.5em;
    text-align: right;
  }
  .took svg {
    width: 80px;
    height: 10px;
  }
  .model-bar {
    fill: var(--vscode-charts-blue, currentcolor);
  }
  .tool-bar {
    fill: var(--vscode-charts-purple, currentcolor);
  }
  .other-bar {
    fill: var(--vscode-descriptionForeground, currentcolor);
  }
  .full {
    margin: 0;
    white-space: pre-wrap;
    cursor: auto;
  }
  pre.full {
    line-height: inherit;
  }
  .entry > .content > .markdown {
    grid-column: 2 / -1;
    cursor: auto;
  }
  .markdown > :first-child {
    padding-top: 0;
  }
  .line button {
    margin-right: 12px;
  }
  .scroller:focus .active {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .active,
  .active .brief,
  .active .took,
  .active .failed,
  .active .tool,
  .active .key {
    color: var(--vscode-list-inactiveSelectionForeground, var(--vscode-foreground));
  }
  .active {
    background: var(--vscode-list-inactiveSelectionBackground);
  }
  .sign {
    display: inline-block;
    width: 18px;
    vertical-align: top;
  }
  .sign::before {
    font: normal 14px / 20px codicon;
  }
  .thought > .content > .sign::before {
    content: '\\ea61';
  }
  .call > .content > .sign::before {
    content: '\\eb6d';
  }
  .observation > .content > .sign::before,
  .warning > .content > .sign::before {
    content: '\\ea6c';
  }
  .recalled > .content > .sign::before,
  .memory-row > .content > .sign::before {
    content: '\\ea82';
  }
  .stored > .content > .sign::before {
    content: '\\eb4b';
  }
  .working > .content > .sign::before {
    content: '\\eb26';
  }
  .graph > .content > .sign::before {
    content: '\\ebb9';
  }
  .checkpoint > .content > .sign::before {
    content: '\\eb20';
  }
  .expand-all::before {
    content: '\\eb95';
  }
  .collapse-all::before {
    content: '\\eac5';
  }
  @container (max-width: 600px) {
    .entry > .content {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .entry > .content > .brief,
    .entry > .content > .markdown {
      grid-row: 2;
      grid-column: 1 / -1;
    }
    /* The calls are just below. */
    .step[aria-expanded='true'] > .content > .brief {
      display: none;
    }
  }
  @container (max-width: 400px) {
    .took {
      flex-wrap: wrap;
      white-space: normal;
      gap: 0 8px;
    }
    .took svg {
      width: 48px;
    }
    .indent {
      width: 8px;
    }
  }
  @media (forced-colors: active) {
    .took svg {
      fill: currentcolor;
    }
  }
`;
