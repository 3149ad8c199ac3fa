/** Numbers with fast sums of the first n, and the way back from a sum to n: a Fenwick tree that can grow. */
export class Sums {
  #values = new Float64Array(64);
  #tree = new Float64Array(65);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get total(): number {
    return this.before(this.#length);
  }

  get(index: number): number {
    return index < this.#length ? (this.#values[index] ?? 0) : 0;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    const node = this.#length + 1;
    this.#length = node;
    this.#values[node - 1] = value;
    // The node covers what is after `node` without its lowest bit, so it takes over the nodes in between.
    let sum = value;
    for (let step = 1; (node & step) === 0; step <<= 1) sum += this.#tree[node - step] ?? 0;
    this.#tree[node] = sum;
  }

  set(index: number, value: number): void {
    const change = value - this.get(index);
    if (change === 0 || index >= this.#length) return;
    this.#values[index] = value;
    for (let node = index + 1; node <= this.#length; node += node & -node) {
      this.#tree[node] = (this.#tree[node] ?? 0) + change;
    }
  }

  /** The sum of the first `count` values. */
  before(count: number): number {
    let sum = 0;
    for (let node = Math.min(count, this.#length); node > 0; node -= node & -node) {
      sum += this.#tree[node] ?? 0;
    }
    return sum;
  }

  /** The index of the value that `sum` falls into: the last one with `before(index) <= sum`. */
  find(sum: number): number {
    let node = 0;
    let left = sum;
    for (let step = 1 << (31 - Math.clz32(this.#length || 1)); step > 0; step >>= 1) {
      const next = node + step;
      const value = this.#tree[next] ?? 0;
      if (next <= this.#length && value <= left) {
        node = next;
        left -= value;
      }
    }
    return Math.min(node, Math.max(0, this.#length - 1));
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(): void {
    const values = new Float64Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
    const tree = new Float64Array(values.length + 1);
    tree.set(this.#tree);
    this.#tree = tree;
  }
}
