/** The calls of the bytes pane and the data inspector, with their params and results. */
import type { ByteRange } from '../../core/memory/memory.ts';
import type { MemoryRef } from '../memory-ref.ts';
import type { CopyFormat } from './copied-bytes.ts';

/** Maximum bytes in one result. */
export const MAX_BYTES = 65_536;
/** Maximum fields in one result. */
export const MAX_FIELDS = 2_000;

/** A range of bytes with one meaning: a field of a structure, a part of a decoded key or value, or bytes without fields. */
export interface ByteField {
  /** Range in the image. */
  readonly at: ByteRange;
  /** `other` is what nothing reads: free, unused or unknown bytes. */
  readonly kind: 'metadata' | 'key' | 'value' | 'other';
  /** `root`, `value 4`, `.name` */
  readonly label: string;
  /** Its value, if it has one. */
  readonly text: string | undefined;
}

/** The fields of a range of the image, or of a memory or region, in order. */
export interface FieldsResult {
  readonly space?: string | undefined;
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly ByteField[];
}

/** A memory or region, and where its pieces are in the image. */
export interface SpaceView {
  readonly part: string;
  readonly name: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** Bytes of each of its pieces: buckets, or blocks of a region. */
  readonly pieceBytes: number;
  /** Offset in the image of each piece, in the order of the addresses. NaN where the image does not have it. */
  readonly starts: Float64Array;
}

/** The target of a pointer. */
export interface Pointer {
  readonly offset: number;
  /** `node 0x1a0 in memory 3 at 0x1a0` */
  readonly label: string;
}

/** A number at a byte, in both byte orders. */
export interface NumberAt {
  /** `u32`, `f64` */
  readonly type: string;
  readonly little: string;
  readonly big: string;
}

/** All that the selected bytes could be. */
export interface DataAt {
  readonly range: ByteRange;
  /** Numbers that begin at the first byte. */
  readonly numbers: readonly NumberAt[];
  /** The selected bytes as a whole, with each codec that can decode them, the most probable first. */
  readonly decodings: readonly { readonly codec: string; readonly text: string }[];
  /** The target, if the first byte is in a pointer. */
  readonly pointer: Pointer | undefined;
}

export interface BytesResult {
  /** The memory or region that the bytes were asked of. Undefined for the image. */
  readonly space?: string | undefined;
  /** Address of the first byte there. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Ranges of these addresses whose bytes the file does not have. */
  readonly missing: readonly ByteRange[];
}

export interface BytesCalls {
  /** Returns bytes of the image; with `space`, those at an address of a memory or region. */
  'memory/bytes': { params: { memory: MemoryRef; space?: string; offset: number; length: number }; result: BytesResult };
  /** Returns the fields of such bytes. */
  'memory/fields': { params: { memory: MemoryRef; space?: string; offset: number; length: number }; result: FieldsResult };
  'memory/space': { params: { memory: MemoryRef; part: string }; result: SpaceView };
  'memory/data': { params: { memory: MemoryRef; offset: number; length: number }; result: DataAt };
  /** Returns bytes as text to copy. */
  'memory/copy': { params: { memory: MemoryRef; offset: number; length: number; format: CopyFormat }; result: string };
}
