import type { AddressRange } from '../../core/memory/memory.ts';
import { freeListOf } from './free-list.ts';
import type { StableVariables } from './inspect.ts';
import { idOf } from './names.ts';
import { countOf, fieldOf, type RecordValue, type StableValue } from './value.ts';

/** The allocator state of a `MemoryRegion`, which only the heap has, or the stable variables before an upgrade. */
export interface AllocatorState {
  readonly source: 'stable-variables' | 'heap';
  readonly regionId: bigint;
  /** The pages that the runtime's own record of the region has. */
  readonly regionPages: number;
  /** From the variable to the record: `buffer.blobs`, `files[3]`, `store#v1`. A hash where a name is not known. */
  readonly path: string;
  /** Which form the free list has: two trees until memory-region 0.1, one since. */
  readonly version: 0 | 1;
  readonly size: number;
  readonly deallocated: number;
  readonly pages: number;
  /** Free blocks, addresses of the region, in the order of the library's tree. */
  readonly free: readonly AddressRange[];
  /** The record's bytes, in the image or in the Wasm memory. */
  readonly at: AddressRange;
}

/** What the record of a `MemoryBuffer` says. */
export interface BufferRecord {
  readonly source: AllocatorState['source'];
  /** The regions of its pointers and of its values. */
  readonly pointers: bigint;
  readonly blobs: bigint;
  /** Live values; pointers after them are stale. */
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

/** What the variables tell of the libraries that keep their allocator state on the heap. */
export interface VariablesReading {
  /** All records of a `MemoryRegion` that are anywhere in the variables, each once. */
  readonly allocators: readonly AllocatorState[];
  /** All records of a `MemoryBuffer`. */
  readonly buffers: readonly BufferRecord[];
  /** The regions that they lead to. */
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
    // What is shared was found where it stood first.
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

/** Of a record, or undefined if it is none of a `MemoryRegion`. */
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

/** Of a record `{ pointers; blobs; var count }`, or undefined if it is none of a `MemoryBuffer`. */
function bufferOf(record: RecordValue): BufferRecord | undefined {
  const pointers = fieldOf(fieldOf(record, POINTERS), REGION);
  const blobs = fieldOf(fieldOf(record, BLOBS), REGION);
  const count = countOf(fieldOf(record, COUNT));
  if (pointers?.kind !== 'region' || blobs?.kind !== 'region' || count === undefined) return undefined;
  return { source: 'stable-variables', pointers: pointers.id, blobs: blobs.id, count: BigInt(count) };
}

/** Returns how a path goes on to an item of a value: `.name`, `#tag`, `[3]`. */
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
