import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
  }
  [hidden] {
    display: none;
  }
  .error {
    overflow: hidden;
    border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-contrastBorder, currentcolor));
    border-radius: 4px;
  }
  .said {
    padding: 8px 12px;
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-errorBackground);
  }
  .rest {
    padding: 0 12px 10px;
  }
  h2 {
    margin: 0 0 4px;
    font-size: 1em;
    font-weight: 600;
  }
  h3 {
    margin: 10px 0 2px;
    font-size: 1em;
    font-weight: normal;
  }
  p {
    margin: 8px 0 0;
    overflow-wrap: anywhere;
  }
  code,
  .code {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
    font-weight: normal;
    /* VS Code gives code a background of its own, which in some themes is readable only with its own color. */
    color: inherit;
    background: none;
  }
  h2 code,
  .kind {
    margin-left: 8px;
    font-weight: normal;
  }
  ul,
  ol {
    margin: 4px 0;
    padding-left: 1.6em;
  }
  li {
    overflow-wrap: anywhere;
  }
  .frames,
  .frames ol {
    padding-left: 0;
    list-style: none;
  }
  .frames ol {
    padding-left: 1.2em;
  }
  .frames li {
    margin: 3px 0;
  }
  .failing > .link {
    font-weight: 600;
  }
  /* A line of code, not a word in a sentence. */
  code.source {
    display: block;
    padding-left: 1.2em;
    white-space: pre-wrap;
  }
  .link {
    font: inherit;
    padding: 0;
    border: 0;
    text-align: start;
    overflow-wrap: anywhere;
    color: var(--vscode-textLink-foreground);
    background: none;
    text-decoration: underline;
    cursor: pointer;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
  }
  summary {
    cursor: pointer;
  }
  .link:focus-visible,
  summary:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 2px;
  }
  .details {
    margin-top: 10px;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 10px;
  }
  vscode-button[secondary] {
    --vscode-button-border: var(--secondary-button-border);
  }
`;
