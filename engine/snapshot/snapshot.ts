import type { OffsetRange, ReadableMemory } from '../core/memory/memory.ts';
import type { MotokoProgram } from '../motoko/heap/variables.ts';
import type { ProjectNames } from '../project/names.ts';
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

/** The source of a snapshot: a file, or the state of a trace at a step. */
export interface SnapshotSource {
  readonly title: string;
  readonly memory: ReadableMemory;
  /** Size of the image in bytes; the last page may be cut. */
  readonly bytes: number;
  /** Length in bytes of the file that the image is read from. */
  readonly fileBytes?: number | undefined;
  /** Size of the image in bytes according to the snapshot's metadata, where there is any. */
  readonly declaredBytes?: number | undefined;
  /** Bytes that the file does not have and that read as zero, in order. */
  readonly missing: readonly OffsetRange[];
  readonly remarks: readonly string[];
  readonly labels?: Labels | undefined;
  /** Terms of the cost. A command's override those of the labels, which override those of the settings. */
  readonly costs?: { readonly command?: CostTerms | undefined; readonly settings?: CostTerms | undefined } | undefined;
  /**
   * For a step of a trace: the buckets by memory id, in the order that the canister uses. The image has only the ascending order.
   */
  readonly liveBuckets?: readonly (readonly number[])[] | undefined;
  /** The main memory of the same canister in the same state, where it is there. */
  readonly wasmMemory?: ReadableMemory | undefined;
  /** Facts from the files of the project that it is in. */
  readonly project?: ProjectNames | undefined;
  /** Names of the program's variables and fields by their Candid hashes, where its module is available. */
  readonly names?: FieldNames | undefined;
  /** A sentence, where the packed file is damaged or ends too early. */
  readonly broken?: string | undefined;
  /** Returns a sentence where a file was written to since it was opened. */
  change?(): string | undefined;
  /** The program's description of its stable variables, where it is written in Motoko and its module is available. */
  readonly program?: MotokoProgram | undefined;
}

/** A stable memory that was opened by `openSnapshot`. */
export interface Snapshot {
  /** Name of the snapshot's folder or file, after that of its canister where the project tells it. */
  readonly title: string;
  /** Name of the canister, where the project tells it. */
  readonly canister: string | undefined;
  readonly memory: ReadableMemory;
  /** Size of the image in bytes. */
  readonly bytes: number;
  readonly missing: readonly OffsetRange[];
  readonly remarks: readonly string[];
  readonly layout: Layout;
  /** Spaces in order of their ids: virtual memories, regions; the image itself where there is no manager. */
  readonly spaces: readonly Space[];
  /** Areas of the image at the level of its manager; they tile it. */
  readonly areas: readonly Area[];
  readonly structures: readonly PlacedStructure[];
  /** The last of the structures, where a manager was written over an upgrade dump: others own its bytes now. */
  readonly residualDump: PlacedStructure | undefined;
  /** Spaces that begin with a magic that is known but not decoded. */
  readonly unread: readonly Unread[];
  /** Findings from opening the snapshot; a full scan finds the rest. */
  readonly openingFindings: readonly PlacedFinding[];
  readonly places: Places;
  readonly motoko: MotokoState;
  readonly labels: Labels;
  /** Codecs in addition to the built-in ones: those of the labels, and Candid with the names of the program's interface. */
  readonly codecs: CodecTable;
  /** Codecs of keys and values; the user can change them. */
  readonly decoding: Decoding;
  /** Rate at which storage is charged. */
  readonly rate: Rate;
  /** Persistence of a Motoko canister's variables across upgrades, where its module or main memory shows it. */
  readonly persistence: 'enhanced' | 'classical' | undefined;
  /** A sentence, where the packed file is damaged or ends too early. */
  readonly broken: string | undefined;
  /** Returns a sentence where a file was written to since it was opened: the bytes read are then of different states. */
  change(): string | undefined;
}
