import { css } from 'lit';

/** Like the settings editor of VS Code. */
export const formStyles = css`
  :host {
    display: block;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
  }

  :host-context(:is(.vscode-dark, .vscode-high-contrast)) {
    color-scheme: dark;
  }

  :host-context(:is(.vscode-light, .vscode-high-contrast-light)) {
    color-scheme: light;
  }

  [hidden] {
    display: none;
  }

  .hidden-label {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  textarea,
  input:not([type="checkbox"]),
  select {
    box-sizing: border-box;
    width: 100%;
    min-height: 26px;
    margin: 0;
    padding: 3px 6px;
    border: 1px solid var(--vscode-settings-textInputBorder, var(--vscode-input-border, transparent));
    border-radius: 2px;
    color: var(--vscode-settings-textInputForeground, var(--vscode-input-foreground));
    background: var(--vscode-settings-textInputBackground, var(--vscode-input-background));
    font: inherit;
    line-height: 18px;
  }

  textarea {
    display: block;
    resize: none;
    max-height: 40vh;
    overflow-wrap: anywhere;
  }

  textarea.code {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
    tab-size: 2;
  }

  ::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
  }

  select {
    height: 26px;
    padding: 0 2px;
    border-color: var(--vscode-settings-dropdownBorder, var(--vscode-dropdown-border, transparent));
    color: var(--vscode-settings-dropdownForeground, var(--vscode-dropdown-foreground));
    background: var(--vscode-settings-dropdownBackground, var(--vscode-dropdown-background));
  }

  input[type="checkbox"] {
    flex: none;
    width: 18px;
    height: 18px;
    margin: 0;
    border: 1px solid var(--vscode-settings-checkboxBorder, var(--vscode-checkbox-border, currentcolor));
    border-radius: 3px;
    color: var(--vscode-settings-checkboxForeground, var(--vscode-checkbox-foreground));
    background: var(--vscode-settings-checkboxBackground, var(--vscode-checkbox-background));
    appearance: none;
  }

  /* Marks of the icon font that the page has loaded: the native ones cannot be seen in every theme. */
  input[type="checkbox"]::before {
    display: block;
    font: 16px / 16px codicon;
  }

  input[type="checkbox"]:checked::before {
    content: "\\eab2";
  }

  input[type="checkbox"]:indeterminate::before {
    content: "\\eacc";
  }

  vscode-icon {
    color: inherit;
  }

  :is(textarea, input, select):focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  input[type="checkbox"]:focus-visible {
    outline-offset: 1px;
  }

  [aria-invalid="true"] {
    border-color: var(--vscode-inputValidation-errorBorder);
  }

  button {
    padding: 0;
    border: 0;
    color: var(--vscode-textLink-foreground);
    background: none;
    font: inherit;
    cursor: pointer;
  }

  button:hover:enabled {
    text-decoration: underline;
  }

  button:disabled {
    opacity: 0.5;
    cursor: default;
  }

  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 2px;
  }

  button.icon {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 24px;
    height: 24px;
    border-radius: 4px;
    color: var(--vscode-icon-foreground, inherit);
  }

  button.icon:hover:enabled {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
  }

  button.icon:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }

  .note,
  .description,
  code {
    color: var(--vscode-descriptionForeground);
  }

  code {
    font-family: var(--vscode-editor-font-family);
    font-size: 0.92em;
    background: none;
    overflow-wrap: anywhere;
  }

  .remark {
    display: flex;
    align-items: flex-start;
    gap: 4px;
    margin: 3px 0 0;
    overflow-wrap: anywhere;
  }

  .remark vscode-icon {
    flex: none;
  }

  .error vscode-icon {
    color: var(--vscode-editorError-foreground, var(--vscode-errorForeground));
  }

  .warning vscode-icon {
    color: var(--vscode-editorWarning-foreground, var(--vscode-foreground));
  }
`;

export const runFormStyles = css`
  .bar {
    display: flex;
    gap: 12px;
    margin-bottom: 8px;
  }

  [role="tab"] {
    padding: 2px 0;
    color: var(--vscode-panelTitle-inactiveForeground, var(--vscode-foreground));
    border-bottom: 1px solid transparent;
  }

  [role="tab"][aria-selected="true"] {
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
    border-color: var(--vscode-panelTitle-activeBorder, currentcolor);
  }

  .fields {
    display: flex;
    flex-direction: column;
    gap: 10px;
  }
`;
