import { html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { GraphEntity, SessionGraph } from '../../../server/protocol.generated';
import { DOT, drawnArrow } from '../../../sessions/graph_arrows';
import { type Arrow, type ChosenGraph, chosenGraph } from '../../../sessions/graph_choice';
import { graphLayout, type Layout, type Point } from '../../../sessions/graph_layout';
import {
  afterKey,
  moved,
  showing,
  type ViewBox,
  wholeOf,
  ZOOM_STEP,
  zoomed,
} from '../../../sessions/view_box';
import type { SessionWords } from '../../../sessions/words';
import { counted, fill } from '../../../translate';
import { graphStyles } from './graph_styles';
import { entityTable, relationTable } from './graph_tables';
import { sessionStyles } from './session_styles';

/** Arrows that are named all the time; of more, only those of the chosen entity. */
const MOST_NAMED = 40;
/** Characters of a name in the picture. */
const NAME_LENGTH = 20;
/** How much larger names are drawn where the whole picture is looked at from afar; they are cut shorter then. */
const LARGEST_NAMES = 1.6;
/** Kinds that have a color of their own. */
const COLORS = 6;

/** A knowledge graph as a picture, with the same in tables for whoever cannot see or use one. */
@customElement('graph-view')
export class GraphView extends LitElement {
  static override styles = [sessionStyles, graphStyles];

  @property({ attribute: false }) accessor graph: SessionGraph | null = null;
  @property({ attribute: false }) accessor words: SessionWords | null = null;
  @state() private accessor selected: string | null = null;
  @state() private accessor view: ViewBox = { x: 0, y: 0, width: 1, height: 1 };
  @state() private accessor isDragged = false;
  @query('svg') private accessor picture!: SVGSVGElement | null;
  #chosen: ChosenGraph = { entities: [], arrows: [] };
  #layout: Layout = { points: [], box: { x: 0, y: 0, width: 1, height: 1 } };
  #kinds: readonly string[] = [];
  #drawn = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('graph') || this.graph === null) return;
    // What is read again is mostly the same: then the picture stays where it was moved to.
    const drawn = JSON.stringify(this.graph);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#chosen = chosenGraph(this.graph);
    this.#layout = graphLayout(this.#chosen);
    this.#kinds = [...new Set(this.graph.entities.map(({ kind }) => kind))];
    this.view = this.#whole;
    if (!this.graph.entities.some(({ id }) => id === this.selected)) this.selected = null;
  }

  protected override updated(): void {
    this.picture?.style.setProperty('--names', String(this.#names));
  }

  /** How large names are drawn, compared with the picture. */
  get #names(): number {
    const unitsPerPixel = this.view.width / Math.max(1, this.clientWidth);
    return Math.min(LARGEST_NAMES, Math.max(1, unitsPerPixel));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { graph, words } = this;
    if (graph === null || words === null) return nothing;
    const drawn = this.#chosen.entities.length;
    const { length } = graph.entities;
    return html`
      ${graph.isCut ? html`<p class="note">${fill(words.graph.cut, length.toLocaleString())}</p>` : nothing}
      ${drawn < length ? html`<p class="note">${fill(words.graph.drawnPart, drawn.toLocaleString(), length.toLocaleString())}</p>` : nothing}
      <div class="bar">${this.#legend(words)}${this.#tools(words)}</div>
      ${this.#canvas(graph, words)}
      ${entityTable(graph, words, this.selected, (id) => this.#select(id, true))}
      ${relationTable(graph, words, this.selected)}
    `;
  }

  #legend(words: SessionWords): TemplateResult {
    const names = this.#kinds.slice(0, COLORS).map(
      (kind, place) => html`<li>
        <svg class="kind-${place}" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4.5"></circle></svg>
        ${kind === '' ? words.graph.noKind : kind}
      </li>`,
    );
    return html`<ul class="legend" aria-label=${words.graph.kinds}>${names}</ul>`;
  }

  #tools({ graph }: SessionWords): TemplateResult {
    const button = (icon: string, label: string, pressed: () => void) => html`<button
      class="icon ${icon}"
      type="button"
      aria-label=${label}
      title=${label}
      @click=${pressed}
    ></button>`;
    return html`<div class="tools">
      ${button('zoom-in', graph.zoomIn, () => this.#zoom(ZOOM_STEP))}
      ${button('zoom-out', graph.zoomOut, () => this.#zoom(1 / ZOOM_STEP))}
      ${button('screen-full', graph.fit, () => this.#look(this.#whole))}
    </div>`;
  }

  #canvas(graph: SessionGraph, words: SessionWords): TemplateResult {
    const { x, y, width, height } = this.view;
    const label = fill(
      words.graph.picture,
      counted(graph.entities.length, words.oneEntity, words.entityCount),
      counted(graph.relations.length, words.graph.oneRelation, words.graph.relationCount),
    );
    return html`<div
      class=${this.isDragged ? 'canvas dragged' : 'canvas'}
      role="group"
      tabindex="0"
      aria-label=${label}
      aria-description=${words.graph.keys}
      title=${words.graph.keys}
      @keydown=${this.#pressed}
      @wheel=${this.#wheeled}
      @pointerdown=${this.#grabbed}
      @pointermove=${this.#dragged}
      @pointerup=${this.#released}
      @pointercancel=${this.#released}
    >
      <svg role="img" aria-label=${label} viewBox="${x} ${y} ${width} ${height}">
        ${this.#chosen.arrows.map((arrow) => this.#arrow(arrow))}
        ${this.#chosen.entities.map((entity, place) => this.#entity(entity, place))}
      </svg>
    </div>`;
  }

  #arrow(arrow: Arrow) {
    const [from, to] = [this.#layout.points[arrow.from], this.#layout.points[arrow.to]];
    if (from === undefined || to === undefined) return nothing;
    const { line, head, label } = drawnArrow(arrow, from, to);
    const isNear = this.#ends(arrow).includes(this.selected ?? '');
    const isNamed = this.selected === null ? this.#chosen.arrows.length <= MOST_NAMED : isNear;
    const name = arrow.kinds.join(', ');
    return svg`<g class="arrow ${this.selected === null ? '' : isNear ? 'near' : 'far'}">
      <title>${name}</title>
      <path class="line" d=${line}></path>
      <path class="head" d=${head}></path>
      ${isNamed ? svg`<text x=${label.x} y=${label.y}>${cut(name, this.#names)}</text>` : nothing}
    </g>`;
  }

  #entity(entity: GraphEntity, place: number) {
    const { x, y } = this.#layout.points[place] ?? { x: 0, y: 0 };
    const isSelected = entity.id === this.selected;
    const color = Math.min(COLORS, this.#kinds.indexOf(entity.kind));
    const isFar = this.selected !== null && !isSelected && !this.#isNeighbour(place);
    return svg`<g class="entity kind-${color} ${isSelected ? 'selected' : isFar ? 'far' : ''}" data-entity=${place}>
      <title>${entity.kind === '' ? entity.id : `${entity.id} (${entity.kind})`}</title>
      <circle cx=${x} cy=${y} r=${DOT}></circle>
      <text x=${x} y=${y + DOT + 1 + 12 * this.#names}>${cut(entity.id, this.#names)}</text>
    </g>`;
  }

  #ends({ from, to }: Arrow): (string | undefined)[] {
    const { entities } = this.#chosen;
    return [entities[from]?.id, entities[to]?.id];
  }

  #isNeighbour(place: number): boolean {
    const id = this.#chosen.entities[place]?.id;
    return this.#chosen.arrows.some((arrow) => {
      const ends = this.#ends(arrow);
      return ends.includes(id) && ends.includes(this.selected ?? '');
    });
  }

  #select(id: string, isShown: boolean): void {
    this.selected = this.selected === id ? null : id;
    const place = this.#chosen.entities.findIndex((entity) => entity.id === id);
    const point = this.#layout.points[place];
    if (isShown && this.selected !== null && point !== undefined) this.#look(showing(this.view, point));
  }

  get #whole(): ViewBox {
    return wholeOf(this.#layout.box);
  }

  #look(view: ViewBox): void {
    this.view = view;
  }

  #zoom(factor: number, fixed?: Point): void {
    this.#look(zoomed(this.view, factor, this.#whole, fixed));
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.selected !== null) {
      this.selected = null;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const view = afterKey(event.key, this.view, this.#whole);
    if (view === undefined) return;
    event.preventDefault();
    this.#look(view);
  }

  /** With a key held down as everywhere in VS Code: without one the page is scrolled. */
  #wheeled(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#zoom(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, this.#placeOf(event));
  }

  #grabbed(event: PointerEvent): void {
    if (event.button !== 0) return;
    const entity = (event.target as Element).closest('[data-entity]');
    if (entity !== null) {
      const chosen = this.#chosen.entities[Number(entity.getAttribute('data-entity'))];
      if (chosen !== undefined) this.#select(chosen.id, false);
      return;
    }
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.isDragged = true;
  }

  #dragged({ movementX, movementY }: PointerEvent): void {
    const scale = this.picture?.getScreenCTM()?.a;
    if (!this.isDragged || scale === undefined) return;
    this.#look(moved(this.view, { x: -movementX / scale, y: -movementY / scale }, this.#whole));
  }

  #released(): void {
    this.isDragged = false;
  }

  /** Where in the picture the mouse is. */
  #placeOf({ clientX, clientY }: MouseEvent): Point | undefined {
    const matrix = this.picture?.getScreenCTM()?.inverse();
    return matrix == null ? undefined : new DOMPoint(clientX, clientY).matrixTransform(matrix);
  }
}

function cut(name: string, size: number): string {
  const characters = [...name];
  const length = Math.floor(NAME_LENGTH / size);
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : name;
}

declare global {
  interface HTMLElementTagNameMap {
    'graph-view': GraphView;
  }
}
