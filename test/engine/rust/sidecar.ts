import { createHash } from 'node:crypto';
import { type Address, at, byteLength, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { fixtureNames, sidecar } from '../../fixtures.ts';

/** Bytes as a sidecar stores them: complete, or as length, digest and start. */
export type Bytes = { readonly hex: string } | { readonly len: number; readonly sha256: string; readonly head: string };

export interface Sidecar {
  readonly valid: boolean;
  readonly draft?: boolean;
  readonly memory_manager: {
    readonly version: number;
    readonly bucket_size_pages: number;
    readonly num_allocated_buckets: number;
    readonly freed_buckets: readonly number[];
    readonly memories: readonly {
      readonly id: number;
      readonly size_pages: number;
      readonly buckets: readonly number[];
      readonly content_sha256: string;
    }[];
  } | null;
  readonly structures: readonly SidecarStructure[];
  readonly defects?: readonly { readonly code: string; readonly memory?: number }[];
  readonly patches?: readonly { readonly offset: number; readonly new: string }[];
  readonly checker_codes?: readonly string[];
}

export interface SidecarStructure {
  readonly kind: 'btreemap' | 'btreeset' | 'vec' | 'minheap' | 'cell' | 'log' | 'raw';
  readonly at: {
    readonly memory?: number;
    readonly offset?: number;
    readonly page_range?: readonly [number, number];
    readonly index_memory?: number;
    readonly data_memory?: number;
  };
  readonly key?: { readonly type: string; readonly bound: Bound };
  readonly item?: { readonly type: string; readonly bound: Bound };
  readonly value?: Bytes | { readonly type: string; readonly bound: Bound };
  readonly len: number;
  readonly entries?: { readonly count: number; readonly digest: string; readonly items: readonly Item[] };
  readonly items?: { readonly count: number; readonly digest: string; readonly items: readonly Item[] };
  readonly physical?: Readonly<Record<string, number | string>>;
}

export type Bound =
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'bounded'; readonly max_size: number; readonly fixed: boolean };

export interface Item {
  readonly i: number;
  readonly k?: Bytes;
  readonly v?: Bytes;
}

const NAMES = fixtureNames('stable-structures');

/** Intact fixtures in released layouts. */
export const SOUND: readonly string[] = NAMES.filter((name) => {
  const { valid, draft } = sidecar<Sidecar>(name);
  return valid && draft !== true;
});

/** Fixtures with planted or natural damage. */
export const DAMAGED: readonly string[] = NAMES.filter((name) => !sidecar<Sidecar>(name).valid);

/** Returns the SHA-256 of a range of a memory, by default of all of it, read in pieces. */
export function sha256(memory: ReadableMemory, start: Address = at(0, 0), length = byteLength(memory)): string {
  const hash = createHash('sha256');
  const piece = new Uint8Array(1 << 20);
  for (let done = 0; done < length; done += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, length - done));
    memory.read(at(start, done), part);
    hash.update(part);
  }
  return hash.digest('hex');
}
