/**
 * Residual data of a dump under a memory manager: a canister once saved its heap at the start of its memory, and later began to
 * use a `MemoryManager`. `MemoryManager::init` finds no magic there, and writes its tables over the first 34,848 bytes. It never
 * writes the rest of page 0. After page 0 the dump is in the buckets, until a structure writes there. With its start the dump has
 * lost its length, and in Candid its types.
 */
import type { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatBytes, formatCount } from '../../core/format.ts';
import { type Address, type AddressRange, at, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import type { Element, Owner, Structure, StructureScan } from '../../core/structure.ts';
import { TABLES_LENGTH } from '../memory-manager/layout.ts';
import { type PartsAt, partElement, partOwner } from './described.ts';
import { recover } from './recover.ts';

const REST_AT = at(0, TABLES_LENGTH);
/** Maximum bytes read after page 0, in total and in one run. */
const MAX_BYTES = 1 << 20;

/** A run of the dump that was not overwritten, with the parts that can be read in it. */
interface Fragment extends PartsAt {
  readonly length: number;
}

/**
 * Opens the residual data of a dump under a manager. `unused` returns the ranges of the image after page 0 that no structure has
 * written to. It is only called when they are needed.
 */
export function openResidualDump(
  image: ReadableMemory,
  unused: (budget: Budget) => readonly AddressRange[],
  report: Report,
): Structure | undefined {
  const rest = readBytes(image, REST_AT, PAGE_SIZE - TABLES_LENGTH);
  const first = fragmentOf(image, REST_AT, rest);
  if (first === undefined) return undefined;
  const continues = first.length > rest.length - 64 && image.pages > 1;
  const further = continues
    ? ' The value continued after that page: the part that no structure has overwritten since can be read there, too.'
    : '';
  const message = `There was a value here before the manager. Its first ${formatCount(TABLES_LENGTH)} bytes are lost; ${formatBytes(first.length)} are left in the manager's page.${further}`;
  report({ code: 'dump.beneath-manager', memory: image, at: { start: REST_AT, length: first.length }, message });
  return new ResidualStructure(image, first, continues ? unused : () => []);
}

/** Returns undefined if the bytes are zero, or nothing can be read in them. */
function fragmentOf(memory: ReadableMemory, start: Address, bytes: Uint8Array): Fragment | undefined {
  const recovered = recover(bytes);
  const length = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return recovered && { memory, start, length, parts: recovered.parts, codec: recovered.codec };
}

class ResidualStructure implements Structure {
  readonly kind = 'upgrade-dump';
  readonly length = undefined;
  readonly memories: readonly [ReadableMemory];
  readonly facts: Structure['facts'];
  readonly #image: ReadableMemory;
  readonly #first: Fragment;
  readonly #unused: (budget: Budget) => readonly AddressRange[];
  #fragments: readonly Fragment[] | undefined;

  constructor(image: ReadableMemory, first: Fragment, unused: (budget: Budget) => readonly AddressRange[]) {
    this.#image = image;
    this.memories = [image];
    this.#first = first;
    this.#unused = unused;
    this.facts = { encoding: first.codec, evidence: 'probable', lostBytes: TABLES_LENGTH, leftInManagersPage: first.length };
  }

  /** Counts no bytes as used: they now belong to the manager's page and to free parts of memories. */
  scan(_report: Report, budget: Budget): StructureScan {
    const [, ...others] = this.#all(budget);
    const left = others.reduce((sum, fragment) => sum + fragment.length, 0);
    const usage = { metadata: 0, live: 0, free: 0, leaked: 0, unknown: 0 };
    return { usage, facts: others.length === 0 ? {} : { leftInBuckets: left }, cutShort: budget.cutShort };
  }

  #all(budget: Budget): readonly Fragment[] {
    this.#fragments ??= [this.#first, ...this.#afterPage0(budget)];
    return this.#fragments;
  }

  /** Reads the unused ranges until one of them has nothing to recover. */
  #afterPage0(budget: Budget): readonly Fragment[] {
    const found: Fragment[] = [];
    let left = MAX_BYTES;
    for (const { start, length } of this.#unused(budget)) {
      const bytes = new Uint8Array(Math.min(length, left));
      if (bytes.length === 0 || !budget.spend(bytes.length)) break;
      this.#image.read(start, bytes);
      left -= bytes.length;
      const fragment = fragmentOf(this.#image, start, bytes);
      if (fragment !== undefined) found.push(fragment);
      if (bytes.length >= PAGE_SIZE && fragment === undefined) break;
    }
    return found;
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const end = from + limit;
    const elements: Element[] = [];
    let before = 0;
    for (const fragment of this.#all(budget)) {
      const first = Math.max(0, from - before);
      const wanted = fragment.parts.slice(first, Math.max(0, end - before));
      wanted.forEach((part, index) => {
        elements.push(partElement(fragment, part, before + first + index));
      });
      before += fragment.parts.length;
    }
    return elements;
  }

  count(budget: Budget): number {
    return this.#all(budget).reduce((sum, { parts }) => sum + parts.length, 0);
  }

  freeList(): readonly never[] {
    return [];
  }

  freeCount(): number {
    return 0;
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    if (memory !== this.#image) return [];
    const fragments = address < PAGE_SIZE ? [this.#first] : this.#all(budget);
    const fragment = fragments.find(({ start, length }) => address >= start && address < start + length);
    if (fragment === undefined) return [];
    const run: Owner = { kind: 'remains', address: fragment.start, length: fragment.length };
    const part = partOwner(fragment, address);
    return part === undefined ? [run] : [run, part];
  }
}
