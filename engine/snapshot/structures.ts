import { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import { at, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import { regionId } from '../core/part-ids.ts';
import type { Structure } from '../core/structure.ts';
import { findMemoryBTrees } from '../motoko/memory-btree/find.ts';
import { findMemoryBuffers } from '../motoko/memory-buffer/find.ts';
import { type BufferHint, findHeaderlessBuffers } from '../motoko/memory-buffer/find-headerless.ts';
import { openMemoryQueue } from '../motoko/memory-queue/inspect.ts';
import { reportLostQueue } from '../motoko/memory-queue/lost-header.ts';
import { recogniseMotoko } from '../motoko/recognise.ts';
import type { RegionView } from '../motoko/regions/inspect.ts';
import { openStableBTree } from '../motoko/stable-btree/inspect.ts';
import { beginsWithManager } from '../motoko/stable-btree/manager.ts';
import type { BufferRecord } from '../motoko/stable-variables/memory-regions.ts';
import { openLostMapAtBlank } from '../rust/btree/lost-map.ts';
import { openStructures } from '../rust/open.ts';
import { DESCRIBED } from '../values/guessing/described.ts';
import { FILE_HEADER_BYTES, type FileHeader, fileHeader } from '../values/guessing/files.ts';
import { type Labels, NO_LABELS } from './labels.ts';
import type { Detected } from './layout/layout.ts';
import { ALLOCATOR_SOURCES } from './motoko/memory-regions.ts';
import type { PlacedStructure } from './placed.ts';
import { findProgramLayouts, NO_HINTS, openDeclaredLayouts, type VariableHints, withPlaces } from './program-layouts.ts';
import type { Space } from './space.ts';
import { describeBefore, findDatabase } from './sqlite/find-database.ts';

/** A space that begins with a known magic that is not decoded: that of a part of a structure, or of a file. */
export interface Unread {
  readonly space: Space;
  readonly kind: string;
  /** Name of the content; for a file with an article, and with details from its header. */
  readonly name: string;
  readonly magic: string;
  readonly isFile: boolean;
}

/** Recognises JSON, which has no magic. Its text ends at the first zero, or continues after the sample. */
function jsonHeader(bytes: Uint8Array): Pick<FileHeader, 'kind' | 'magic' | 'text'> | undefined {
  const end = bytes.indexOf(0);
  const sample = end < 0 ? { bytes, size: bytes.length + 1 } : { bytes: bytes.subarray(0, end), size: end };
  const evidence = end === 0 ? undefined : DESCRIBED.get('json')?.(sample);
  return evidence && { kind: 'json', magic: String.fromCharCode(bytes[0] ?? 0), text: 'JSON text' };
}

/** Recognises an SQLite database behind something else. */
function databaseHeader(memory: ReadableMemory): Pick<FileHeader, 'kind' | 'magic' | 'text'> | undefined {
  const database = findDatabase(memory);
  const header = database && fileHeader(readBytes(memory, database.range.start, FILE_HEADER_BYTES));
  return database && header && { ...header, text: `${header.text}, ${describeBefore(database)}` };
}

/** Describes what a space holds, to follow its name. */
export function describeUnread({ name, magic, isFile }: Unread): string {
  return isFile ? `holds ${name}` : `begins with the magic "${magic}" of ${name}, which is not decoded yet`;
}

export interface Found {
  readonly structures: readonly PlacedStructure[];
  readonly unread: readonly Unread[];
}

/** Opens the structures in the spaces. Reads only headers. */
export function findStructures(
  detected: Detected,
  report: Report,
  labels = NO_LABELS,
  variables: () => VariableHints = () => NO_HINTS,
): Found {
  const declared = openDeclaredLayouts(detected.spaces, labels, report).flatMap((structure) =>
    place(structure, spacesOf(detected.spaces)),
  );
  const taken = new Set(declared.flatMap(({ spaces }) => spaces));
  const spaces = detected.spaces.filter((space) => !taken.has(space));
  const { layout } = detected;
  const others =
    layout.kind === 'motoko-regions'
      ? inRegions(layout.manager.regions, spaces, labels, variables, report)
      : inMemories(spaces, layout.kind === 'motoko-experimental' ? variables : undefined, report);
  const found = { ...others, structures: inOrder(detected.spaces, [...declared, ...others.structures]) };
  return { ...found, unread: [...found.unread, ...filesIn(detected.spaces, found)] };
}

/** Finds files in spaces that hold nothing else. A file that is the whole image is a layout instead. */
function filesIn(spaces: readonly Space[], { structures, unread }: Found): readonly Unread[] {
  const taken = new Set([...structures.flatMap((placed) => placed.spaces), ...unread.map(({ space }) => space)]);
  return spaces.flatMap((space): readonly Unread[] => {
    if (space.memory.pages === 0 || space.part === 'image' || taken.has(space)) return [];
    const bytes = readBytes(space.memory, at(0, 0), FILE_HEADER_BYTES);
    const header = fileHeader(bytes) ?? databaseHeader(space.memory) ?? jsonHeader(bytes);
    return header === undefined ? [] : [{ space, kind: header.kind, name: header.text, magic: header.magic, isFile: true }];
  });
}

/** Sorts structures by the places of their leading spaces. */
function inOrder(spaces: readonly Space[], structures: readonly PlacedStructure[]): readonly PlacedStructure[] {
  const places = new Map(spaces.map((space, index) => [space, index]));
  return [...structures].sort((a, b) => (places.get(a.space) ?? 0) - (places.get(b.space) ?? 0));
}

function inMemories(spaces: readonly Space[], variables: (() => VariableHints) | undefined, report: Report): Found {
  const spaceOf = spacesOf(spaces);
  const memories = spaces.map((space) => space.memory);
  const isManaged = spaces.some(({ kind }) => kind === 'virtual-memory');
  const found = openStructures(memories, report, isManaged ? 'managed' : 'own');
  const structures = variables === undefined ? found : withPlaces(found, memories, variables);
  return { structures: structures.flatMap((structure) => place(structure, spaceOf)), unread: [] };
}

function spacesOf(spaces: readonly Space[]): ReadonlyMap<ReadableMemory, Space> {
  return new Map(spaces.map((space) => [space.memory, space]));
}

function inRegions(
  all: readonly RegionView[],
  spaces: readonly Space[],
  labels: Labels,
  variables: () => VariableHints,
  report: Report,
): Found {
  const spaceOf = spacesOf(spaces);
  // A StableBTree has the magic of a MemoryBTree, so it is opened first.
  const free = all.filter((region) => spaceOf.has(region));
  const ports = free.flatMap((region) => openStableBTree(region, report) ?? []);
  const inPorts = new Set<ReadableMemory>(ports.flatMap(({ memories }) => memories));
  const managed = new Set<ReadableMemory>(free.filter(beginsWithManager));
  const regions = free.filter((region) => !inPorts.has(region) && !managed.has(region));
  const buffers = findMemoryBuffers(regions, report);
  const inBuffers = new Set(buffers.flatMap(({ pointers, blobs }) => [pointers, blobs]));
  const trees = findMemoryBTrees(
    regions.filter((region) => !inBuffers.has(region)),
    report,
  );
  const queues = regions.flatMap((region) => openMemoryQueue(region, report) ?? []);
  const known = new Set<ReadableMemory>(
    [...buffers.map(({ view }) => view), ...trees, ...queues].flatMap(({ memories }) => memories),
  );
  const bare = regions.filter((region) => !known.has(region) && recogniseMotoko(region) === undefined);
  for (const region of bare) reportLostQueue(region, report);
  const hints = new Map(bare.length === 0 ? [] : variables().buffers.map(hintOfRecord));
  for (const [region, hint] of bare.flatMap(({ id }) => hintOf(labels, id))) hints.set(region, hint);
  const headerless = findHeaderlessBuffers(bare, hints);
  const ofLibraries = [...[...buffers, ...headerless].map(({ view }) => view), ...trees, ...queues];
  const inLibraries = new Set<ReadableMemory>(ofLibraries.flatMap(({ memories }) => memories));
  const budget = new Budget({ bytes: MAX_SEARCHED });
  const lost = bare.flatMap((region) => (inLibraries.has(region) ? [] : (openLostMapAtBlank(region, budget) ?? [])));
  for (const { memories } of lost) for (const memory of memories) inLibraries.add(memory);
  const ofPrograms = findProgramLayouts(
    bare.filter((region) => !inLibraries.has(region)),
    variables,
  );
  const structures = [...ports, ...ofLibraries, ...lost, ...ofPrograms].flatMap((structure) => place(structure, spaceOf));
  const read = new Set(structures.flatMap((placed) => placed.spaces));
  const unread = spaces.flatMap((space): Unread[] => {
    if (managed.has(space.memory)) return [{ space, ...MANAGER_OF_PORT }];
    const known = read.has(space) ? undefined : recogniseMotoko(space.memory);
    return known === undefined ? [] : [{ space, kind: known.kind, name: known.name, magic: known.magic, isFile: false }];
  });
  return { structures, unread };
}

/** Maximum bytes of all regions together that are searched for structures without their headers. */
const MAX_SEARCHED = 16 << 20;

/** A memory manager in a region. It is not opened, as its memories would be spaces within a space. */
const MANAGER_OF_PORT = {
  kind: 'memory-manager',
  name: 'the memory manager of a StableBTree',
  magic: 'MGR',
  isFile: false,
} as const;

function hintOfRecord({ pointers, blobs, count, source }: BufferRecord): readonly [number, BufferHint] {
  return [Number(pointers), { blobs: Number(blobs), count: Number(count), source: ALLOCATOR_SOURCES[source] }];
}

function hintOf(labels: Labels, id: number): readonly (readonly [number, BufferHint])[] {
  const hint = labels.spaces.get(regionId(id))?.buffer;
  return hint === undefined ? [] : [[id, hint]];
}

function place(structure: Structure, spaceOf: ReadonlyMap<ReadableMemory, Space>): readonly PlacedStructure[] {
  const spaces = structure.memories.flatMap((memory) => spaceOf.get(memory) ?? []);
  const [space] = spaces;
  return space === undefined ? [] : [{ part: `${space.part}/${structure.kind}`, structure, space, spaces }];
}
