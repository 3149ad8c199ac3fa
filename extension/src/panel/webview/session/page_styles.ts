import { css } from 'lit';

/** How the page of a session is laid out. */
export const pageStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    box-sizing: border-box;
    height: 100%;
    overflow: auto;
  }
  header {
    flex: none;
    padding: 14px 20px 10px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  h1 {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    line-clamp: 3;
    margin: 0 0 4px;
    font-size: 1.3em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 12px;
    margin: 0;
  }
  .mark {
    font-weight: 600;
  }
  .mark::before {
    content: '';
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-right: 7px;
    border: 1px solid currentcolor;
    border-radius: 50%;
  }
  .mark[data-state='running']::before {
    background: var(--vscode-charts-blue, currentcolor);
  }
  .mark[data-state='interrupted']::before {
    background: var(--vscode-editorWarning-foreground, currentcolor);
  }
  .mark[data-state='answered']::before {
    border-color: transparent;
    background: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
  }
  code {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
    overflow-wrap: anywhere;
    color: inherit;
    background: none;
  }
  .problem,
  .alone {
    padding: 10px 20px 0;
  }
  .problem {
    color: var(--vscode-errorForeground);
  }
  section {
    min-width: 0;
    padding: 12px 20px 14px;
  }
  .steps h2 {
    margin-bottom: 6px;
  }
  .state {
    border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  .state-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
    min-height: 28px;
  }

  /* Two columns once both are wide enough to be read. */
  @media (min-width: 820px) {
    :host {
      overflow: hidden;
    }
    .columns {
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(280px, 2fr) 3fr;
      flex: 1;
      min-height: 0;
    }
    section {
      overflow: auto;
    }
    .state {
      border-top: 0;
      border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    }
  }

  /* In one column what was in mind stands below the steps: a few are enough to choose from. */
  @media (max-width: 819.9px) {
    .steps checkpoint-list {
      max-height: max(8em, 45vh);
      overflow: auto;
    }
  }

  @media (max-width: 420px) {
    header,
    section {
      padding-inline: 12px;
    }
  }
`;
