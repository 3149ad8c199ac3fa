import { css } from 'lit';
import { buttonStyles } from '../control_styles';

/** What all parts of the page of a session have in common. */
export const sessionStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  [hidden] {
    display: none !important;
  }
  h2,
  h3 {
    margin: 0;
    font-size: 1em;
    font-weight: 600;
  }
  p {
    margin: 4px 0;
    overflow-wrap: anywhere;
  }
  .note {
    color: var(--vscode-descriptionForeground);
  }
  ${buttonStyles}
  button.link {
    padding: 0;
    border: 0;
    text-align: start;
    overflow-wrap: anywhere;
    color: var(--vscode-textLink-foreground);
    background: none;
    text-decoration: underline;
  }
  button.icon {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 26px;
    min-height: 26px;
    padding: 2px;
    border-color: transparent;
    background: none;
  }
  button.icon:hover {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
`;
