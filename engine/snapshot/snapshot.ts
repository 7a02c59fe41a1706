import { Budget } from '../core/budget.ts';
import { FINDINGS, type Finding, type FindingCode, type Report, type Severity } from '../core/findings.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { byteLength, type Offset, type OffsetRange, offsetAt, PAGE_SIZE, type ReadableMemory } from '../core/memory/memory.ts';
import type { Structure } from '../core/structure.ts';
import { type MotokoProgram, persistenceOfProgram } from '../motoko/heap/variables.ts';
import type { AllocatorState } from '../motoko/stable-variables/memory-regions.ts';
import { VirtualMemoryView } from '../rust/memory-manager/inspect.ts';
import type { BucketOrder } from '../rust/memory-manager/order.ts';
import type { CodecTable } from '../values/codec-table.ts';
import { candidCodec, type FieldNames } from '../values/codecs/candid.ts';
import { codecOf } from '../values/codecs.ts';
import { describeLayout, describeProgram } from '../views/names.ts';
import { type Area, areaAt, tile } from './areas.ts';
import { extentsOf, isOfCut, OF_ABSENCE, restOfPage, withKnownOwners } from './checks/absence.ts';
import { type CostTerms, type Rate, rateOf } from './cost.ts';
import { Decoding } from './decoding.ts';
import { Gaps } from './gaps.ts';
import { type Labels, labelFor, NO_LABELS } from './labels.ts';
import { detectLayout, imageSpace, type Layout } from './layout.ts';
import { partOfManager, spaceOfManager } from './managers.ts';
import { type FoundAllocators, findAllocators, spanOfVariables, told } from './motoko/memory-regions.ts';
import { RegionBlocks } from './motoko/region-blocks.ts';
import { type RunningVariables, runningVariables, type ShownVariable, variablesInHeapOf } from './motoko/variables.ts';
import { findResidualDump } from './residual-dump.ts';
import type { Space } from './space.ts';
import { findStructures, type Unread } from './structures.ts';
import { remarksOnUnknown } from './unknown.ts';
import { withWindows } from './windows.ts';
import { withZeros } from './zeros.ts';

/** A finding with its place in the image. */
export interface PlacedFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The id of the part that it was found in: a structure, a space, the manager, the image. */
  readonly part: string;
  /** The bytes concerned, where the image has them; else the nearest that it has. */
  readonly at: OffsetRange;
  readonly message: string;
  readonly path: readonly string[];
  /** Of a finding that follows from another: the place of that one in the scan's list. */
  readonly causedBy?: number;
  /** Further findings that follow from it or repeat it, which the list leaves out. */
  readonly more?: number;
}

/** A structure and where it stands. */
export interface PlacedStructure {
  /** `memory/0/btreemap`, `image@4/vec` */
  readonly part: string;
  readonly structure: Structure;
  /** The space that leads: a map's memory, a log's index memory, a buffer's pointers region. */
  readonly space: Space;
  /** All its spaces, the leading one first. */
  readonly spaces: readonly Space[];
}

/** Gaps of a half-finished download that are told singly. */
const MAX_GAPS = 16;

/** Bytes at an image's start that decide how all of it is read: every manager's magic and header are in them. */
const MANAGER_HEADER = 64;

export interface SnapshotSource {
  readonly title: string;
  readonly memory: ReadableMemory;
  /** Size of the image; the last page may be cut. */
  readonly bytes: number;
  /** Length of the file that the image is read from. */
  readonly fileBytes?: number | undefined;
  /** Size of the image as the snapshot's metadata says, where there is any. */
  readonly declaredBytes?: number | undefined;
  /** What the file does not have; reads as zero. In order. */
  readonly missing: readonly OffsetRange[];
  readonly remarks: readonly string[];
  readonly labels?: Labels | undefined;
  /** What a command says of the cost goes before the labels, what the settings say after them. */
  readonly costs?: { readonly command?: CostTerms | undefined; readonly settings?: CostTerms | undefined } | undefined;
  /** Of a moment of a trace: by memory id, the buckets in the order in which the canister has them. The image knows only the ascending one. */
  readonly liveBuckets?: readonly (readonly number[])[] | undefined;
  /** The main memory of the same canister at the same moment, where it is there. */
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

/**
 * A stable memory that was opened: a file, or a moment of a trace. Opening reads the manager and the structures' headers, no more; the rest
 * is read when it is asked for.
 */
export class Snapshot {
  readonly title: string;
  readonly memory: ReadableMemory;
  readonly bytes: number;
  readonly missing: readonly OffsetRange[];
  readonly remarks: readonly string[];
  readonly layout: Layout;
  /** Spaces in order of their ids: virtual memories, regions; the image itself where there is no manager. */
  readonly spaces: readonly Space[];
  /** What the image is made of at the level of its manager; tiles it. */
  readonly areas: readonly Area[];
  readonly structures: readonly PlacedStructure[];
  /** The last of them, where a manager was put over a dump: it lies beneath what others own now. */
  readonly residualDump: PlacedStructure | undefined;
  /** Spaces that begin with a magic that is known but not decoded. */
  readonly unread: readonly Unread[];
  /** What opening found; a scan finds the rest. */
  readonly openingFindings: readonly PlacedFinding[];
  /** The codecs that go beside those that are always there: of the labels, and Candid with the names of the program's interface. */
  readonly codecs: CodecTable;
  readonly decoding: Decoding;
  readonly labels: Labels;
  /** A sentence, where the packed file is damaged or ends too early. */
  readonly broken: string | undefined;
  readonly #change: () => string | undefined;
  readonly #gaps: Gaps;
  /** Whether the file lacks bytes of the manager's own: its tables then contradict each other, lead to wrong places, or are not found. */
  readonly #areTablesPartlyMissing: boolean;
  /** How its storage is charged. */
  readonly rate: Rate;
  readonly #spaceOf = new Map<ReadableMemory, Space>();
  readonly #spaceByPart: ReadonlyMap<string, Space>;
  readonly #placedIn = new Map<Space, PlacedStructure>();
  readonly #wasmMemory: ReadableMemory | undefined;
  readonly #names: FieldNames;
  readonly #blocks = new Map<Space, RegionBlocks>();
  #allocator: FoundAllocators | undefined;
  #stored: readonly ShownVariable[] | undefined;
  readonly #program: MotokoProgram | undefined;
  #running: RunningVariables | undefined;
  /** How the variables of a Motoko canister outlive its upgrades, where its module or main memory shows it. */
  readonly persistence: 'enhanced' | 'classical' | undefined;

  constructor(source: SnapshotSource) {
    this.title = source.title;
    this.memory = source.memory;
    this.bytes = source.bytes;
    this.missing = source.missing;
    this.#gaps = new Gaps(source.missing);
    this.broken = source.broken;
    this.#change = () => source.change?.();
    this.labels = source.labels ?? NO_LABELS;
    this.rate = rateOf(source.costs?.command, this.labels.cost, source.costs?.settings);
    this.#names = source.names ?? new Map();
    const candid = candidCodec(this.#names);
    this.codecs = this.#names.size === 0 ? this.labels.codecs : new Map([...this.labels.codecs, [candid.name, candid]]);
    this.decoding = new Decoding(this.codecs);
    this.#wasmMemory = source.wasmMemory;
    this.#program = source.program;
    this.persistence = persistenceOfProgram(source.program, source.wasmMemory);

    const found: Finding[] = [];
    const report: Report = (finding) => found.push(finding);
    const image = withKnownOwners(source.memory, [...source.missing, ...restOfPage(source.bytes)]);
    const managed = detectLayout(image, report, this.labels, source.liveBuckets, (id) =>
      this.#foundAllocators.holdings.regions.get(id),
    );
    const complete = source.missing.length === 0 && source.bytes % PAGE_SIZE === 0;
    const detected = withWindows(image, withZeros(image, managed, complete), this.labels, report);
    this.layout = detected.layout;
    this.spaces = detected.spaces;
    this.areas = tile(detected.areas, source.bytes);
    const start = { start: offsetAt(0, 0), length: Math.min(MANAGER_HEADER, source.bytes) };
    const tables = this.areas.filter(({ kind }) => kind === 'named').map(({ extent }) => extent);
    this.#areTablesPartlyMissing = [start, ...tables].some((extent) => this.missingIn(extent) > 0);
    this.#spaceByPart = new Map(this.spaces.map((space) => [space.part, space]));
    for (const space of this.spaces) this.#spaceOf.set(space.memory, space);
    const managers = this.layout.kind === 'memory-manager' ? this.layout.managers : [];
    for (const manager of managers) this.#spaceOf.set(manager.memory, spaceOfManager(manager));
    this.#spaceOf.set(source.memory, imageSpace(source.memory));
    this.#spaceOf.set(image, imageSpace(image));
    const managerFindings = found.splice(0).flatMap((finding) => {
      const own = managers.find(({ memory }) => memory === finding.memory);
      const tables = { start: offsetAt(0, (own?.page ?? 0) * PAGE_SIZE), length: PAGE_SIZE };
      if (this.isIncomplete && (this.#lacks(tables) || isOfCut(finding, this.layout, this.bytes))) return [];
      return this.#place(finding, own === undefined ? (this.areas[0]?.part ?? 'image') : partOfManager(own));
    });

    const { structures, unread } = findStructures(detected, report, this.labels, () => this.#foundAllocators);
    const residualDump = findResidualDump(source.memory, this.layout, this.areas, structures, report);
    if (residualDump !== undefined) this.#spaceOf.set(residualDump.space.memory, residualDump.space);
    this.residualDump = residualDump;
    this.structures = residualDump === undefined ? structures : [...structures, residualDump];
    for (const placed of this.structures)
      for (const space of placed.spaces) if (!this.#placedIn.has(space)) this.#placedIn.set(space, placed);
    this.unread = unread;
    this.remarks = [
      ...source.remarks,
      ...detected.remarks,
      ...describeProgram(detected.layout, this.persistence),
      ...remarksOnUnknown(this),
    ];
    for (const { part, space } of this.structures) {
      const { key, value } = labelFor(this.labels, space.part) ?? {};
      if (key !== undefined) this.decoding.choose(part, 'key', codecOf(key, this.codecs));
      if (value !== undefined) this.decoding.choose(part, 'value', codecOf(value, this.codecs));
    }
    const ofStructures = found.flatMap((finding) => this.placed(finding, this.#partOf(finding)) ?? []);
    const partly = new Set(this.structures.filter((placed) => this.isPartlyMissing(placed)).map((placed) => placed.part));
    this.openingFindings = [
      ...this.#fileFindings(source),
      ...[
        ...(this.#areTablesPartlyMissing ? [] : managerFindings),
        ...ofStructures.filter(({ part }) => !partly.has(part)),
      ].filter(({ code }) => !this.isIncomplete || !OF_ABSENCE.has(code)),
    ];
  }

  /** A sentence where a file was written to since it was opened: what was read then is of different states. */
  get change(): string | undefined {
    return this.#change();
  }

  /** The books of the image's `MemoryRegion`s, where its stable variables or the heap beside it have them. */
  get allocators(): readonly AllocatorState[] {
    return this.#foundAllocators.allocators;
  }

  /** How the books of its `MemoryRegion` divide a region; undefined where none are known. */
  blocksOf(space: Space): RegionBlocks | undefined {
    const known = this.#blocks.get(space);
    if (known !== undefined) return known;
    const allocator = this.allocators.find(({ regionId }) => space.part === `region/${regionId}`);
    if (allocator === undefined) return undefined;
    const blocks = new RegionBlocks(allocator, space.memory);
    this.#blocks.set(space, blocks);
    return blocks;
  }

  /**
   * The stable variables: before an upgrade, where the image has them or their types; else as they are in main memory, where that and the
   * program are there.
   */
  get variables(): readonly ShownVariable[] {
    if (spanOfVariables(this.layout) !== undefined) return this.#foundAllocators.variables;
    this.#stored ??= variablesInHeapOf(this.memory, this.layout, this.#names);
    return this.#stored.length > 0 ? this.#stored : this.#runningVariables.variables;
  }

  /** What reading the stable variables or the heap found. */
  get variableFindings(): readonly PlacedFinding[] {
    const { problem } = this.#runningVariables;
    const unread =
      problem === undefined ? [] : [told(this.memory, `The stable variables in wasm_memory.bin could not be read. ${problem}`)];
    // What the table of blocks says of regions, or the file does not have, proves nothing.
    const isProof = this.missing.length === 0 && !this.openingFindings.some(({ code }) => code === 'region.block-table');
    const variables = spanOfVariables(this.layout);
    const areThere =
      variables === undefined || this.missingIn({ start: offsetAt(0, variables.start), length: variables.length }) === 0;
    return [...(areThere ? this.#foundAllocators.findings : []), ...unread]
      .filter(({ code }) => isProof || code !== 'region.unreachable')
      .map((finding) => this.#place(finding, this.#partOf(finding)));
  }

  get #runningVariables(): RunningVariables {
    this.#running ??= this.#readRunning();
    return this.#running;
  }

  #readRunning(): RunningVariables {
    if (this.#program === undefined || spanOfVariables(this.layout) !== undefined) return { variables: [], problem: undefined };
    // Whether the two are of one moment, the regions say.
    const isStranger = this.layout.kind === 'motoko-regions' && this.#foundAllocators.isStranger === true;
    return runningVariables(this.#program, isStranger ? undefined : this.#wasmMemory);
  }

  /** Read when they are first asked for. */
  get #foundAllocators(): FoundAllocators {
    this.#allocator ??= findAllocators(this.memory, this.layout, this.spaces, this.#wasmMemory, this.#names);
    return this.#allocator;
  }

  /** The layout's name, as `inspect --json` has it: a bare structure at the image's start is named by its kind. */
  get layoutName(): string {
    const [first] = this.structures;
    if (this.layout.kind === 'unknown' && first?.space.part === 'image') return first.structure.kind;
    return this.layout.kind;
  }

  /** The image in one line: `MemoryManager 1 · 13 memories · 13 buckets of 8 MiB`. */
  get subtitle(): string {
    return describeLayout(this.layout, this.structures, this.persistence);
  }

  /** What the manager deals out. */
  get pieceKind(): 'bucket' | 'block' {
    return this.layout.kind === 'motoko-regions' ? 'block' : 'bucket';
  }

  /** The space of that id; `memory/3` also means `image@1/memory/3`, where only one manager has a memory 3. */
  space(part: string): Space | undefined {
    return this.#spaceByPart.get(this.#whole(part));
  }

  /** The whole id of what is named without its manager; the id as it is where that is none, or more than one. */
  #whole(part: string): string {
    const [, space = '', rest = ''] = /^(memory\/\d+)(.*)$/.exec(part) ?? [];
    if (space === '' || this.#spaceByPart.has(space)) return part;
    const [found, ...others] = this.spaces.filter((one) => one.part.endsWith(`/${space}`));
    return found === undefined || others.length > 0 ? part : `${found.part}${rest}`;
  }

  /** The structure of that id; a bare space means the structure in it, where there is only one. */
  structure(named: string): PlacedStructure | undefined {
    const part = this.#whole(named);
    const exact = this.structures.find((placed) => placed.part === part);
    if (exact !== undefined) return exact;
    // A set cannot be told from a map of empty values, so that either name means what stands there.
    const other = part.replace(/btree(map|set)$/, (_, kind: string) => (kind === 'map' ? 'btreeset' : 'btreemap'));
    const renamed = this.structures.find((placed) => placed.part === other);
    if (renamed !== undefined) return renamed;
    const inside = this.structures.filter((placed) => placed.spaces.some((space) => space.part === part));
    return inside.length === 1 ? inside[0] : undefined;
  }

  spaceOf(memory: ReadableMemory): Space | undefined {
    return this.#spaceOf.get(memory);
  }

  areaAt(offset: Offset): Area | undefined {
    return areaAt(this.areas, offset);
  }

  /** The structure that a space belongs to, as its leading or other space. */
  structureIn(space: Space): PlacedStructure | undefined {
    return this.#placedIn.get(space);
  }

  /** Bytes of the run that the file does not have. */
  missingIn(extent: OffsetRange): number {
    return this.#gaps.bytesIn(extent);
  }

  /** Whether the file lacks bytes of a structure's memories: what a walk over it says is then not to be trusted. */
  isPartlyMissing({ spaces }: Pick<PlacedStructure, 'spaces'>): boolean {
    if (!this.isIncomplete) return false;
    return this.#areTablesPartlyMissing || spaces.some((space) => extentsOf(space).some((extent) => this.#lacks(extent)));
  }

  /** Whether the file lacks bytes for certain: some are not downloaded, or it ends within a page. */
  get isIncomplete(): boolean {
    return this.missing.length > 0 || this.bytes % PAGE_SIZE !== 0;
  }

  #lacks(extent: OffsetRange): boolean {
    if (extent.length === 0) return false;
    const isBeyond = this.bytes % PAGE_SIZE !== 0 && extent.start + extent.length > this.bytes;
    return isBeyond || this.missingIn(extent) > 0;
  }

  /**
   * Puts a structure's finding into the image. Undefined where the image does not have the bytes concerned, because they are not downloaded
   * or it was cut: then they say nothing, and that they are missing is a finding of its own.
   */
  placed(finding: Finding, part: string): PlacedFinding | undefined {
    const space = this.#spaceOf.get(finding.memory);
    if (space !== undefined && space.memory.toImage(finding.at.start, finding.at.length).length === 0 && this.#isCut(space)) {
      return undefined;
    }
    const placed = this.#place(finding, part);
    return this.missingIn(placed.at) > 0 ? undefined : placed;
  }

  /** The same of a finding whose memory is the image itself. */
  placedInImage(finding: Finding, part: string): PlacedFinding {
    return this.#place(finding, part);
  }

  /** The snapshot as it would be if its bytes were those of `memory`. */
  rereadAs(memory: ReadableMemory): Snapshot {
    const bytes = memory.pages === this.memory.pages ? this.bytes : byteLength(memory);
    return new Snapshot({ title: this.title, memory, bytes, missing: this.missing, remarks: [], labels: this.labels });
  }

  #isCut({ pieces }: Space): boolean {
    return pieces.some(({ extent }) => extent.start + extent.length > this.bytes);
  }

  #place(finding: Finding, part: string): PlacedFinding {
    const space = this.#spaceOf.get(finding.memory);
    const extents = space === undefined ? [] : space.memory.toImage(finding.at.start, finding.at.length);
    const [first] = extents;
    return {
      code: finding.code,
      severity: FINDINGS[finding.code].severity,
      part,
      at: this.#clipped(first ?? this.#nearest(finding, space)),
      message: finding.message,
      path: finding.path ?? [],
    };
  }

  /** The part of an extent that the image has: its last byte, where it has none. */
  #clipped({ start, length }: OffsetRange): OffsetRange {
    const from = offsetAt(0, Math.max(0, Math.min(start, this.bytes - 1)));
    return { start: from, length: Math.max(0, Math.min(start + length, this.bytes) - from) };
  }

  /** Returns what is wrong with the file itself: what it lacks, and what it has more than its metadata says. */
  #fileFindings({ fileBytes = this.bytes, declaredBytes: declared = this.bytes }: SnapshotSource): readonly PlacedFinding[] {
    const tell = (
      code: 'image.not-downloaded' | 'image.cut' | 'image.length',
      at: OffsetRange,
      message: string,
    ): PlacedFinding => {
      return { code, severity: FINDINGS[code].severity, part: 'image', at, message, path: [] };
    };
    const shorter = `: the file is ${formatCounted(declared - fileBytes, 'byte')} shorter than its metadata says, ${formatCount(fileBytes)}, not ${formatCount(declared)}`;
    const found = this.missing.slice(0, MAX_GAPS).map((gap) => {
      return tell(
        'image.not-downloaded',
        gap,
        `${formatBytes(gap.length)} from ${formatAddress(gap.start)} on are not downloaded${gap.start + gap.length > fileBytes ? shorter : ''}.`,
      );
    });
    const more = this.bytes - declared;
    if (more > 0) {
      const message = `The file is ${formatCounted(more, 'byte')} longer than its metadata says: ${formatCount(this.bytes)}, not ${formatCount(declared)}.`;
      return [...found, tell('image.length', { start: offsetAt(0, declared), length: more }, message)];
    }
    const rest = this.bytes % PAGE_SIZE;
    if (rest === 0) return found;
    const message = `The file ends ${formatCounted(PAGE_SIZE - rest, 'byte')} before the end of its last page.`;
    return [...found, tell('image.cut', { start: offsetAt(0, this.bytes - rest), length: rest }, message)];
  }

  /** Where to show a finding whose own bytes the image does not have. */
  #nearest(finding: Finding, space: Space | undefined): OffsetRange {
    if (space !== undefined) {
      const last = space.pieces.at(-1);
      if (last !== undefined) return { start: last.extent.start, length: Math.min(last.extent.length, PAGE_SIZE) };
    }
    return { start: offsetAt(0, 0), length: finding.at.length };
  }

  #partOf(finding: Finding): string {
    const space = this.#spaceOf.get(finding.memory);
    if (space === undefined) return 'image';
    return this.structureIn(space)?.part ?? space.part;
  }
}

/** What the next load of the library does to the order of a memory's buckets; undefined where it changes nothing. */
export function orderOf({ memory }: Space): BucketOrder | undefined {
  return memory instanceof VirtualMemoryView ? memory.order : undefined;
}

/** What a walk that shows something at once may cost; a whole check has no such limit. */
export function interactiveBudget(): Budget {
  return new Budget({ milliseconds: 2_000 });
}
