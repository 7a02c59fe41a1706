import { BatchOrder, MAX_BATCH, MAX_PLACE } from '../../core/batch-order.ts';
import { type Address, at } from '../../core/memory/memory.ts';
import { BlockMap, Blocks } from './block-map.ts';
import { type BlockNode, type LiveBlock, leafOf, TreeEditing } from './block-tree.ts';

/** So few changes are made as they came. */
const FEW = 16;
/** The step of a change that frees. */
const FREES = -1;

/** The era used last. Each editor has its own, and begins a new one whenever its blocks are saved. */
let lastEra = 0;

/**
 * Live blocks that change. Changes wait until somebody looks at the blocks, and are then made together, in the order of their addresses.
 * `save` keeps the blocks as they are at that time, and takes no time that grows with their number.
 */
export class BlockEditor extends Blocks {
  /** The blocks without the changes that wait. */
  #root: BlockNode | undefined;
  #editing = new TreeEditing(++lastEra);
  #saved: BlockMap | undefined;
  /** The changes that wait, by address; for each of them its address, size, and the step that allocated it. */
  readonly #order = new BatchOrder();
  readonly #addresses: Address[] = [];
  readonly #sizes: number[] = [];
  readonly #steps: number[] = [];

  /** The blocks that it begins with stay as they are. */
  constructor(blocks: BlockMap) {
    super();
    this.#root = blocks.root;
    this.#saved = blocks;
  }

  get root(): BlockNode | undefined {
    if (this.#order.size > 0) this.#makeChanges();
    return this.#root;
  }

  /** The number of nodes that were copied since the blocks were saved. */
  get copied(): number {
    this.#makeChanges();
    return this.#editing.copied;
  }

  add({ address, size, step }: LiveBlock): void {
    this.#change(address, size, step);
  }

  /**
   * Frees a range: the block that was allocated exactly like this. Any other range is cut out of the blocks that it touches, because
   * libraries that store no sizes free any range.
   */
  free(address: Address, size: number): void {
    this.#change(address, size, FREES);
  }

  clear(): void {
    this.#order.clear();
    this.#saved = undefined;
    this.#root = undefined;
  }

  save(): BlockMap {
    this.#makeChanges();
    if (this.#saved) return this.#saved;
    this.#editing = new TreeEditing(++lastEra);
    this.#saved = BlockMap.of(this.#root);
    return this.#saved;
  }

  #change(address: Address, size: number, step: number): void {
    if (address >= MAX_PLACE) {
      this.#makeChanges();
      this.#make(address, size, step);
      return;
    }
    if (this.#order.size === MAX_BATCH) this.#makeChanges();
    const change = this.#order.add(address);
    this.#addresses[change] = address;
    this.#sizes[change] = size;
    this.#steps[change] = step;
  }

  #makeChanges(): void {
    const { size } = this.#order;
    if (size === 0) return;
    const changes = size > FEW ? this.#sorted() : undefined;
    this.#order.clear();
    if (changes) for (const change of changes) this.#makeOne(change);
    else for (let change = 0; change < size; change++) this.#makeOne(change);
  }

  /**
   * Returns the changes that wait by address, without blocks that are allocated and freed again. Returns undefined if the order of
   * changes at different addresses matters: if something is freed that was not allocated exactly like this.
   */
  #sorted(): readonly number[] | undefined {
    const changes: number[] = [];
    let areWhole = true;
    let current = -1;
    /** The changes at the current address begin here, and those that allocate here. */
    let first = 0;
    let firstAdded = 0;
    this.#order.take((change, address) => {
      if (address !== current) {
        current = address;
        first = changes.length;
        firstAdded = first;
      }
      if (this.#steps[change] !== FREES) {
        changes.push(change);
        return;
      }
      const size = this.#sizes[change];
      const last = changes.length > firstAdded ? changes.at(-1) : undefined;
      if (last !== undefined) {
        if (this.#sizes[last] === size) changes.pop();
        else areWhole = false;
      } else if (firstAdded > first) areWhole = false;
      else {
        areWhole &&= this.startingAt(at(0, address), size ?? 0)?.size === size;
        changes.push(change);
        firstAdded += 1;
      }
    });
    return areWhole ? changes : undefined;
  }

  #makeOne(change: number): void {
    this.#make(this.#addresses[change] ?? at(0, 0), this.#sizes[change] ?? 0, this.#steps[change] ?? 0);
  }

  #make(address: Address, size: number, step: number): void {
    if (step === FREES) this.#free(address, size);
    else this.#add({ address, size, step });
  }

  #add(block: LiveBlock): void {
    this.#saved = undefined;
    const editing = this.#editing;
    this.#root = this.#root
      ? editing.insert(this.#root, block)
      : leafOf([block.address], [block.size], [block.step], editing.era);
  }

  #free(address: Address, size: number): void {
    if (!this.#root || this.#removeWhole(this.#root, address, size)) return;
    const end = address + size;
    for (const block of [...this.overlapping(address, size)]) {
      if (this.#root) this.#setRoot(this.#editing.remove(this.#root, block));
      const tail = block.address + block.size - end;
      if (block.address < address) this.#add({ ...block, size: address - block.address });
      if (tail > 0) this.#add({ ...block, address: at(address, size), size: tail });
    }
  }

  /** Removes the block that `startingAt` returns, if it has this size. Returns false if there is none. */
  #removeWhole(root: BlockNode, address: Address, size: number): boolean {
    const { count } = root;
    this.#setRoot(this.#editing.removeLast(root, address, size));
    if (this.count < count) return true;
    // If several blocks start there, an earlier one may have this size.
    const block = this.startingAt(address, size);
    if (block?.size !== size) return false;
    this.#setRoot(this.#editing.remove(root, block));
    return true;
  }

  #setRoot(changed: BlockNode | undefined): void {
    this.#saved = undefined;
    let root = changed;
    while (root?.children?.length === 1) root = root.children[0];
    this.#root = root;
  }
}
