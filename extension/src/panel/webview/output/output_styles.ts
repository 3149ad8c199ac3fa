import { css } from 'lit';

export const outputStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    gap: 6px;
    flex: 1;
    min-height: 10em;
  }
  [hidden] {
    display: none;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
  }
  .views {
    display: flex;
  }
  .note,
  .metrics {
    color: var(--vscode-descriptionForeground);
    margin: 4px 0;
  }
  .metrics {
    font-variant-numeric: tabular-nums;
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
  button[aria-pressed='true'] {
    border-color: var(--vscode-focusBorder);
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .log {
    flex: 1;
    overflow: auto;
    padding: 8px 12px;
    border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, currentcolor));
    border-radius: 4px;
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
  .raw,
  pre,
  code {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  a {
    color: var(--vscode-textLink-foreground);
  }
  code {
    color: inherit;
    background: none;
  }
  .raw,
  pre {
    white-space: pre-wrap;
  }
  .jump {
    position: absolute;
    right: 20px;
    bottom: 12px;
  }
`;
