import { css } from 'lit';

export const graphStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 10px;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .legend li {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    overflow-wrap: anywhere;
  }
  .legend svg {
    flex: none;
    width: 10px;
    height: 10px;
  }
  .tools {
    display: flex;
  }
  .icon::before {
    font: normal 16px / 1 codicon;
  }
  .zoom-in::before {
    content: '\\eb81';
  }
  .zoom-out::before {
    content: '\\eb82';
  }
  .screen-full::before {
    content: '\\eb4c';
  }
  .canvas {
    aspect-ratio: 56 / 34;
    max-height: min(58vh, 460px);
    overflow: hidden;
    border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .canvas.dragged {
    cursor: grabbing;
  }
  .canvas > svg {
    display: block;
    width: 100%;
    height: 100%;
  }
  .entity {
    cursor: pointer;
  }
  circle {
    fill: var(--dot, var(--vscode-foreground));
    stroke: var(--vscode-editor-background);
    stroke-width: 1.5;
  }
  .selected circle {
    stroke: var(--vscode-foreground);
    stroke-width: 3;
  }
  text {
    font-size: calc(12px * var(--names, 1));
    text-anchor: middle;
    fill: var(--vscode-foreground);
    stroke: var(--vscode-editor-background);
    stroke-width: 3px;
    paint-order: stroke;
  }
  .arrow text {
    font-size: calc(10px * var(--names, 1));
    fill: var(--vscode-descriptionForeground, var(--vscode-foreground));
  }
  .selected text {
    font-weight: 600;
  }
  .line {
    fill: none;
    stroke: var(--vscode-descriptionForeground, currentcolor);
    stroke-width: 1.2;
    opacity: 0.75;
  }
  .head {
    fill: var(--vscode-descriptionForeground, currentcolor);
  }
  .near .line {
    stroke: var(--vscode-focusBorder);
    stroke-width: 2;
    opacity: 1;
  }
  .near .head {
    fill: var(--vscode-focusBorder);
  }
  .far {
    opacity: 0.3;
  }
  .kind-0 {
    --dot: var(--vscode-charts-blue);
  }
  .kind-1 {
    --dot: var(--vscode-charts-green);
  }
  .kind-2 {
    --dot: var(--vscode-charts-purple);
  }
  .kind-3 {
    --dot: var(--vscode-charts-yellow);
  }
  .kind-4 {
    --dot: var(--vscode-charts-red);
  }
  .kind-5 {
    --dot: var(--vscode-symbolIcon-classForeground);
  }
`;
