import type { AddressRange } from '../../core/memory/memory.ts';
import { freeListOf } from './free-list.ts';
import type { StableVariables } from './inspect.ts';
import { idOf } from './names.ts';
import { countOf, fieldOf, type RecordValue, type StableValue } from './value.ts';

/** The allocator state of a `MemoryRegion`. It is only on the heap and, before an upgrade, in the stable variables. */
export interface AllocatorState {
  readonly source: 'stable-variables' | 'heap';
  readonly regionId: bigint;
  /** Number of pages in the runtime's own record of the region. */
  readonly regionPages: number;
  /**
   * Path from the variable to the record: `buffer.blobs`, `files[3]`, `store#v1`. Has a hash in place of a name that is not
   * known.
   */
  readonly path: string;
  /** Form of the free list: two trees until memory-region 0.1, one tree since. */
  readonly version: 0 | 1;
  readonly size: number;
  readonly deallocated: number;
  readonly pages: number;
  /** Free blocks, with addresses in the region, in the order of the library's tree. */
  readonly free: readonly AddressRange[];
  /** Range of the record, in the image or in the Wasm memory. */
  readonly at: AddressRange;
}

/** The record of a `MemoryBuffer`. */
export interface BufferRecord {
  readonly source: AllocatorState['source'];
  /** Ids of the regions of its pointers and of its values. */
  readonly pointers: bigint;
  readonly blobs: bigint;
  /** Number of live values. Pointers after them are stale. */
  readonly count: bigint;
}

const POINTERS = idOf('pointers');
const BLOBS = idOf('blobs');
const COUNT = idOf('count');
const REGION = idOf('region');
const FREE_MEMORY = idOf('free_memory');
const DEALLOCATED = idOf('deallocated');
const SIZE = idOf('size');
const PAGES = idOf('pages');

/** The allocator states and buffers in the variables, of libraries that keep them on the heap. */
export interface VariablesReading {
  /** All records of a `MemoryRegion` anywhere in the variables, each once. */
  readonly allocators: readonly AllocatorState[];
  /** All records of a `MemoryBuffer`. */
  readonly buffers: readonly BufferRecord[];
  /** Ids of the regions that the variables lead to. */
  readonly reached: ReadonlySet<number>;
}

export function allocatorsIn({ variables, names }: StableVariables): VariablesReading {
  const found: AllocatorState[] = [];
  const buffers: BufferRecord[] = [];
  const reached = new Set<number>();
  const seen = new Set<StableValue | undefined>();
  const nameOf = (id: number) => names.get(id) ?? String(id);
  const open: { readonly value: StableValue | undefined; readonly path: string }[] = variables
    .map(({ id, value }) => ({ value, path: nameOf(id) }))
    .reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (value?.kind === 'region') reached.add(Number(value.id));
    // A shared value was found at its first place.
    if (!value || !('items' in value)) continue;
    const allocator = value.kind === 'record' ? allocatorOf(value, path, 'stable-variables') : undefined;
    if (allocator) {
      reached.add(Number(allocator.regionId));
      const identity = fieldOf(value, FREE_MEMORY);
      if (!seen.has(identity)) found.push(allocator);
      seen.add(identity);
      continue;
    }
    const buffer = value.kind === 'record' ? bufferOf(value) : undefined;
    if (buffer) buffers.push(buffer);
    for (let index = value.items.length - 1; index >= 0; index--) {
      const item = value.items[index];
      if (item && ('items' in item || item.kind === 'region'))
        open.push({ value: item, path: path + stepTo(value, index, nameOf) });
    }
  }
  return { allocators: found, buffers, reached };
}

/** Reads the allocator state from a record. Returns undefined if it is not the record of a `MemoryRegion`. */
export function allocatorOf(record: RecordValue, path: string, source: AllocatorState['source']): AllocatorState | undefined {
  const region = fieldOf(record, REGION);
  const size = countOf(fieldOf(record, SIZE));
  const deallocated = countOf(fieldOf(record, DEALLOCATED));
  const pages = countOf(fieldOf(record, PAGES));
  const list = freeListOf(fieldOf(record, FREE_MEMORY));
  if (region?.kind !== 'region' || !list || size === undefined || deallocated === undefined || pages === undefined)
    return undefined;
  const { start, length } = record;
  return {
    source,
    regionId: region.id,
    regionPages: region.pages,
    path,
    ...list,
    size,
    deallocated,
    pages,
    at: { start, length },
  };
}

/** Reads a record `{ pointers; blobs; var count }`. Returns undefined if it is not the record of a `MemoryBuffer`. */
function bufferOf(record: RecordValue): BufferRecord | undefined {
  const pointers = fieldOf(fieldOf(record, POINTERS), REGION);
  const blobs = fieldOf(fieldOf(record, BLOBS), REGION);
  const count = countOf(fieldOf(record, COUNT));
  if (pointers?.kind !== 'region' || blobs?.kind !== 'region' || count === undefined) return undefined;
  return { source: 'stable-variables', pointers: pointers.id, blobs: blobs.id, count: BigInt(count) };
}

/** Returns the step of a path from a value to one of its items: `.name`, `#tag`, `[3]`. */
export function stepTo(value: StableValue, index: number, nameOf: (id: number) => string): string {
  switch (value.kind) {
    case 'record':
      return `.${nameOf(value.fields[index]?.id ?? index)}`;
    case 'variant':
      return `#${nameOf(value.tag.id)}`;
    case 'array':
      return `[${index}]`;
    default:
      return '';
  }
}
