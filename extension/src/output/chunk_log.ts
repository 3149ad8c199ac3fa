import type { Chunk, ChunkKind } from './chunk';

const KINDS: readonly ChunkKind[] = ['text', 'value', 'frame'];

/** When each chunk came and how large it was: some 17 bytes a chunk, whatever was in it. */
export class ChunkLog {
  #atMs = new Float64Array(256);
  #sizes = new Float32Array(256);
  #lengths = new Uint32Array(256);
  #kinds = new Uint8Array(256);
  #count = 0;

  /** Chunks are numbered from `first`; what came before is not known here. */
  constructor(readonly first = 0) {}

  /** The number of the chunk that comes next. */
  get end(): number {
    return this.first + this.#count;
  }

  add({ kind, text, atMs, size }: Chunk): void {
    if (this.#count === this.#kinds.length) this.#grow();
    this.#atMs[this.#count] = atMs;
    this.#sizes[this.#count] = size;
    this.#lengths[this.#count] = text.length;
    this.#kinds[this.#count] = KINDS.indexOf(kind);
    this.#count += 1;
  }

  /** Milliseconds from the call of the agent to the chunk. */
  atMs(chunk: number): number {
    return this.#atMs[chunk - this.first] ?? 0;
  }

  /** Milliseconds since the chunk before; of the first one, since the call. */
  gapMs(chunk: number): number {
    return chunk <= this.first && this.first > 0 ? 0 : this.atMs(chunk) - this.atMs(chunk - 1);
  }

  /** Bytes of the whole chunk, as UTF-8. */
  size(chunk: number): number {
    return this.#sizes[chunk - this.first] ?? 0;
  }

  /** UTF-16 units of its text, as far as it reached the editor. */
  length(chunk: number): number {
    return this.#lengths[chunk - this.first] ?? 0;
  }

  kind(chunk: number): ChunkKind {
    return KINDS[this.#kinds[chunk - this.first] ?? 0] ?? 'text';
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    const grown = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#atMs = grown(this.#atMs, new Float64Array(size));
    this.#sizes = grown(this.#sizes, new Float32Array(size));
    this.#lengths = grown(this.#lengths, new Uint32Array(size));
    this.#kinds = grown(this.#kinds, new Uint8Array(size));
  }
}
