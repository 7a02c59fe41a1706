import type { OffsetRange, ReadableMemory } from '../core/memory/memory.ts';
import type { MotokoProgram } from '../motoko/heap/variables.ts';
import type { CodecTable } from '../values/codec-table.ts';
import type { FieldNames } from '../values/codecs/candid.ts';
import type { Area } from './areas.ts';
import type { CostTerms, Rate } from './cost.ts';
import type { Decoding } from './decoding.ts';
import type { Labels } from './labels.ts';
import type { Layout } from './layout/layout.ts';
import type { MotokoState } from './motoko/motoko-state.ts';
import type { PlacedFinding, PlacedStructure } from './placed.ts';
import type { Places } from './places.ts';
import type { Space } from './space.ts';
import type { Unread } from './structures.ts';

/** What a snapshot is made from: a file, or the state of a trace at a step. */
export interface SnapshotSource {
  readonly title: string;
  readonly memory: ReadableMemory;
  /** Size of the image in bytes; the last page may be cut. */
  readonly bytes: number;
  /** Length in bytes of the file that the image is read from. */
  readonly fileBytes?: number | undefined;
  /** Size of the image in bytes as the snapshot's metadata says, where there is any. */
  readonly declaredBytes?: number | undefined;
  /** Bytes that the file does not have and that read as zero, in order. */
  readonly missing: readonly OffsetRange[];
  readonly remarks: readonly string[];
  readonly labels?: Labels | undefined;
  /** Terms of the cost: a command's go before the labels, those of the settings after them. */
  readonly costs?: { readonly command?: CostTerms | undefined; readonly settings?: CostTerms | undefined } | undefined;
  /** For a step of a trace: by memory id, the buckets in the order in which the canister has them. The image has only the ascending order. */
  readonly liveBuckets?: readonly (readonly number[])[] | undefined;
  /** The main memory of the same canister in the same state, where it is there. */
  readonly wasmMemory?: ReadableMemory | undefined;
  /** What the program calls its variables and fields, by their Candid hashes, where its module is there. */
  readonly names?: FieldNames | undefined;
  /** A sentence, where the packed file is damaged or ends too early. */
  readonly broken?: string | undefined;
  /** Returns a sentence where a file was written to since it was opened. */
  change?(): string | undefined;
  /** What the program says of its stable variables, where it is one of Motoko and its module is there. */
  readonly program?: MotokoProgram | undefined;
}

/** A stable memory that was opened by `openSnapshot`. */
export interface Snapshot {
  readonly title: string;
  readonly memory: ReadableMemory;
  /** Size of the image in bytes. */
  readonly bytes: number;
  readonly missing: readonly OffsetRange[];
  readonly remarks: readonly string[];
  readonly layout: Layout;
  /** Spaces in order of their ids: virtual memories, regions; the image itself where there is no manager. */
  readonly spaces: readonly Space[];
  /** What the image is made of at the level of its manager; tiles it. */
  readonly areas: readonly Area[];
  readonly structures: readonly PlacedStructure[];
  /** The last of the structures, where a manager was put over a dump: it is beneath what others own now. */
  readonly residualDump: PlacedStructure | undefined;
  /** Spaces that begin with a magic that is known but not decoded. */
  readonly unread: readonly Unread[];
  /** What opening found; a full scan finds the rest. */
  readonly openingFindings: readonly PlacedFinding[];
  readonly places: Places;
  readonly motoko: MotokoState;
  readonly labels: Labels;
  /** Codecs beside the built-in ones: those of the labels, and Candid with the names of the program's interface. */
  readonly codecs: CodecTable;
  /** How keys and values are decoded. The user can choose it anew. */
  readonly decoding: Decoding;
  /** How storage is charged. */
  readonly rate: Rate;
  /** How the variables of a Motoko canister outlive its upgrades, where its module or main memory shows it. */
  readonly persistence: 'enhanced' | 'classical' | undefined;
  /** A sentence, where the packed file is damaged or ends too early. */
  readonly broken: string | undefined;
  /** Returns a sentence where a file was written to since it was opened: what was read is then of different states. */
  change(): string | undefined;
}
