/** Sums over the keys that begin with the same prefix. */
export interface KeySums {
  keys: number;
  keyBytes: number;
  valueBytes: number;
}

/** The keys that begin with a prefix, and how they go on. */
export interface PrefixNode extends KeySums {
  /** The longest prefix that all these keys share: a whole key if there is only one. */
  prefix: string;
  /** The next parts of these keys, by their first step. Undefined if they are all the same or too deep to be told apart. */
  children: Map<string, PrefixNode> | undefined;
  /** Sums of further children, which were too small to be kept. */
  folded: KeySums & { groups: number };
  /** The child that the last key went to. */
  last: PrefixNode | undefined;
}

/** Divides a key, written as text, into steps. */
export interface KeySteps {
  /** Returns the end of the step that starts at `from`. */
  end(text: string, from: number): number;
  /** Returns the greatest end of a step that is not after `at`; 0 if there is none. */
  before(text: string, at: number): number;
}

/** Maximum nodes. Above it the smallest children are folded. */
const MAX_NODES = 200_000;
/** Children of a node that are kept at first when others are folded: the largest. If too many nodes remain, fewer are kept. */
const KEPT_CHILDREN = 256;

/**
 * Groups keys by their prefixes, to a limited depth: a node has two or more children, which differ in their first step. Memory does not
 * grow with the number of keys, and the sums of a node are always those of its children and of what was folded.
 */
export class PrefixTree {
  readonly root: PrefixNode = newNode('');
  readonly #steps: KeySteps;
  readonly #depth: number;
  #nodes = 1;
  #hasReturned = false;
  #hasFolded = false;

  /** @param depth maximum levels below the root */
  constructor(steps: KeySteps, depth: number) {
    this.#steps = steps;
    this.#depth = depth;
  }

  /** True if a part of a group may have been folded before the rest of it came. */
  get isRough(): boolean {
    return this.#hasFolded && this.#hasReturned;
  }

  add(text: string, keyBytes: number, valueBytes: number): void {
    if (this.root.keys === 0) this.root.prefix = text;
    let node = this.root;
    for (let depth = 0; ; depth += 1) {
      this.#shorten(node, text, depth);
      if (depth < this.#depth && node.children === undefined && text.length > node.prefix.length) this.#open(node);
      const children = depth < this.#depth ? node.children : undefined;
      addTo(node, 1, keyBytes, valueBytes);
      if (children === undefined) break;
      node = this.#childFor(node, children, text);
    }
    if (this.#nodes > MAX_NODES) this.#fold();
  }

  /** Shortens the prefix of a node to what it shares with `text`. What it had becomes its only child, if the depth allows. */
  #shorten(node: PrefixNode, text: string, depth: number): void {
    const { prefix } = node;
    if (text.startsWith(prefix) && this.#isEnd(text, prefix)) return;
    let common = 0;
    while (common < prefix.length && prefix.charCodeAt(common) === text.charCodeAt(common)) common += 1;
    const shared = Math.min(this.#steps.before(prefix, common), this.#steps.before(text, common));
    if (depth < this.#depth) {
      const { keys, keyBytes, valueBytes, children, folded, last } = node;
      const inner: PrefixNode = { prefix, keys, keyBytes, valueBytes, children, folded, last };
      node.children = new Map([[this.#stepAt(prefix, shared), inner]]);
      node.folded = noFolded();
      node.last = inner;
      this.#nodes += 1;
      this.#trim(inner, this.#depth - depth - 1);
    }
    node.prefix = prefix.slice(0, shared);
  }

  /** Returns whether a step of the text ends where its prefix does. */
  #isEnd(text: string, { length }: string): boolean {
    return length === text.length || this.#steps.before(text, length) === length;
  }

  /** Gives a node, all of whose keys are the same so far, a child with these keys. */
  #open(node: PrefixNode): void {
    node.children = new Map();
    if (node.keys === 0) return;
    const { prefix, keys, keyBytes, valueBytes } = node;
    const same = { ...newNode(prefix), keys, keyBytes, valueBytes };
    node.children.set('', same);
    node.last = same;
    this.#nodes += 1;
  }

  #childFor(node: PrefixNode, children: Map<string, PrefixNode>, text: string): PrefixNode {
    const step = this.#stepAt(text, node.prefix.length);
    let child = children.get(step);
    if (child === undefined) {
      child = newNode(text);
      children.set(step, child);
      this.#nodes += 1;
    } else if (child !== node.last) this.#hasReturned = true;
    node.last = child;
    return child;
  }

  #stepAt(text: string, from: number): string {
    return from >= text.length ? '' : text.slice(from, this.#steps.end(text, from));
  }

  /** Removes what is deeper than `depth` levels below a node. The depth is at most that of the tree. */
  #trim(node: PrefixNode, depth: number): void {
    if (node.children === undefined) return;
    if (depth > 0) for (const child of node.children.values()) this.#trim(child, depth - 1);
    else {
      this.#nodes -= sizeOf(node) - 1;
      node.children = undefined;
      node.folded = noFolded();
      node.last = undefined;
    }
  }

  #fold(): void {
    this.#hasFolded = true;
    for (let kept = KEPT_CHILDREN; this.#nodes > MAX_NODES / 2 && kept >= 1; kept = Math.floor(kept / 4)) this.#foldBeyond(kept);
  }

  /** Folds all but the largest children of each node, and not those on the way of the last key. */
  #foldBeyond(kept: number): void {
    const nodes = [this.root];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      const { children, folded, last } = node;
      if (children === undefined) continue;
      const bySize = [...children].sort(([, a], [, b]) => bytesOf(b) - bytesOf(a));
      for (const [step, child] of bySize.slice(kept)) {
        if (child === last) continue;
        children.delete(step);
        this.#nodes -= sizeOf(child);
        folded.groups += 1;
        addTo(folded, child.keys, child.keyBytes, child.valueBytes);
      }
      nodes.push(...children.values());
    }
  }
}

export function bytesOf({ keyBytes, valueBytes }: KeySums): number {
  return keyBytes + valueBytes;
}

export function addTo(sums: KeySums, keys: number, keyBytes: number, valueBytes: number): void {
  sums.keys += keys;
  sums.keyBytes += keyBytes;
  sums.valueBytes += valueBytes;
}

function newNode(prefix: string): PrefixNode {
  return { prefix, keys: 0, keyBytes: 0, valueBytes: 0, children: undefined, folded: noFolded(), last: undefined };
}

export function noFolded(): PrefixNode['folded'] {
  return { groups: 0, keys: 0, keyBytes: 0, valueBytes: 0 };
}

/** Returns the number of nodes of a subtree. */
function sizeOf(node: PrefixNode): number {
  let size = 1;
  for (const child of node.children?.values() ?? []) size += sizeOf(child);
  return size;
}
