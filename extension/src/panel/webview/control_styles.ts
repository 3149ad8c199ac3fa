import { css } from 'lit';

/** Buttons that are not the one that counts most, as VS Code's own. */
export const buttonStyles = css`
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
`;

/** Tabs, as in the panel of VS Code. */
export const tabStyles = css`
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
`;
