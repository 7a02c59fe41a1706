import type { Report } from '../../core/findings.ts';
import { formatAddress, formatBytes, formatCounted } from '../../core/format.ts';
import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  type Offset,
  type OffsetRange,
  offsetAt,
  PAGE_SIZE,
  type ReadableMemory,
  readBytes,
} from '../../core/memory/memory.ts';
import { MemoryWindow } from '../../core/memory/window.ts';
import { isWithin, regionId } from '../../core/part-ids.ts';
import { readGraphCopy } from '../../motoko/graph-copy.ts';
import { inspectMotokoImage, type MotokoImage } from '../../motoko/image.ts';
import { regionManagerFieldAt } from '../../motoko/regions/fields.ts';
import type { RegionManagerView, RegionView } from '../../motoko/regions/inspect.ts';
import { type BigEndianManagerView, inspectBigEndianManager } from '../../motoko/stable-btree/manager.ts';
import { PERSISTENCE_TEXTS, persistenceOf, type UpgradeTrailer } from '../../motoko/upgrade-trailer.ts';
import { linkedFieldAt } from '../../rust/linked-memory-manager/fields.ts';
import { inspectLinkedManager, LinkedManagerView } from '../../rust/linked-memory-manager/inspect.ts';
import { managerFieldAt } from '../../rust/memory-manager/fields.ts';
import { inspectManager } from '../../rust/memory-manager/inspect.ts';
import { type Area, areasOf, freed } from '../areas.ts';
import { type NameSources, nameOfRegion } from '../names/space-names.ts';
import type { Piece, Space } from '../space.ts';
import { describeBefore, findDatabase } from '../sqlite/find-database.ts';
import { managerAtStart, type PlacedManager, placesOfManager } from './managers.ts';

/** The layout of an image as a whole. */
export type Layout =
  /** Managers in order of their pages; nearly always a single one, at page 0. */
  | { readonly kind: 'memory-manager'; readonly managers: readonly [PlacedManager, ...PlacedManager[]] }
  | Exclude<MotokoImage, Experimental>
  /** With the manager of StableBTree, where it divides the memory. */
  | (Experimental & { readonly manager?: BigEndianManagerView })
  /** An SQLite database. */
  | { readonly kind: 'sqlite' }
  /** No pages, or only zeros in them. */
  | { readonly kind: 'empty'; readonly pages: number }
  /** No manager; structures may be in it without one. */
  | { readonly kind: 'unknown' };

type Experimental = Extract<MotokoImage, { kind: 'motoko-experimental' }>;

/** A layout, with its spaces and areas. */
export interface Detected {
  readonly layout: Layout;
  readonly spaces: readonly Space[];
  /** Not yet clipped to the image's size, and with gaps. */
  readonly areas: readonly Area[];
  /** Full sentences about the whole image. */
  readonly remarks: readonly string[];
}

const START: Address = at(0, 0);
const NO_SPACES = { spaces: [], areas: [], remarks: [] } as const;

/**
 * Detects the layout of an image. Reads only its manager's pages.
 *
 * @param live the buckets of each memory in the order that a running canister uses
 */
export function detectLayout(
  image: ReadableMemory,
  report: Report,
  names: NameSources,
  live?: readonly (readonly number[])[],
): Detected {
  if (image.pages === 0) return { ...NO_SPACES, layout: { kind: 'empty', pages: 0 } };
  const manager =
    inspectLinkedManager(image, report) ?? inspectBigEndianManager(image, report) ?? inspectManager(image, report, live);
  if (manager !== undefined) return managed(image, manager, names);
  const motoko = inspectMotokoImage(image, report);
  if (motoko !== undefined) return ofMotoko(image, motoko, names, report);
  const database = findDatabase(image);
  if (database?.behind !== undefined || startsWith(image, 'SQLite format 3\0')) {
    const remark =
      database?.behind === undefined
        ? 'This is an SQLite database file.'
        : `This is an SQLite database from ${formatAddress(database.range.start)} on, ${describeBefore(database)}.`;
    return { ...plain(imageSpace(image)), layout: { kind: 'sqlite' }, remarks: [remark] };
  }
  return { ...plain(imageSpace(image)), layout: { kind: 'unknown' }, remarks: [] };
}

/** Returns the noun for the pieces that the manager divides the image into. */
export function pieceKind({ kind }: Layout): 'bucket' | 'block' {
  return kind === 'motoko-regions' ? 'block' : 'bucket';
}

/** Returns the image itself as a space. */
export function imageSpace(image: ReadableMemory): Space {
  return { part: 'image', kind: 'image', id: 0, memory: new MemoryWindow(image, START, image.pages), pieces: [] };
}

/** Returns the field of a manager's page that a byte of the image is in. */
export function fieldOfManager(
  layout: Layout,
  offset: Offset,
): { readonly name: string; readonly extent: OffsetRange } | undefined {
  const manager = managerBefore(layout, offset);
  const from = offsetAt(0, (manager?.page ?? 0) * PAGE_SIZE);
  const address = at(0, offset - from);
  const field = manager === undefined ? regionFieldAt(layout, address) : fieldOf(manager, address);
  return field && { name: field.name, extent: { start: offsetAt(from, field.span.start), length: field.span.length } };
}

/** Returns the last manager that begins at or before a byte. */
export function managerBefore(layout: Layout, offset: Offset): PlacedManager | undefined {
  return layout.kind === 'memory-manager' ? layout.managers.findLast(({ page }) => page * PAGE_SIZE <= offset) : undefined;
}

/** Returns the manager of a memory. */
export function managerOf(layout: Layout, { part }: Space): PlacedManager | undefined {
  if (layout.kind !== 'memory-manager') return undefined;
  return layout.managers.find(({ prefix }) => isWithin(part, `${prefix}memory`));
}

function fieldOf({ view }: PlacedManager, address: Address): { readonly name: string; readonly span: AddressRange } | undefined {
  return view instanceof LinkedManagerView ? linkedFieldAt(view.header, address) : managerFieldAt(address);
}

function regionFieldAt(layout: Layout, address: Address): { readonly name: string; readonly span: AddressRange } | undefined {
  return layout.kind === 'motoko-regions' ? regionManagerFieldAt(address) : undefined;
}

/** Returns the area of a space that is contiguous in the image. */
export function plainArea(space: Space): Area {
  const used = byteLength(space.memory);
  const [extent = { start: offsetAt(0, 0), length: 0 }] = space.memory.toImage(START, used);
  return { kind: 'plain', part: space.part, extent, space, address: START, used };
}

function plain(space: Space): Pick<Detected, 'spaces' | 'areas'> {
  return { spaces: [space], areas: [plainArea(space)] };
}

function managed(image: ReadableMemory, view: PlacedManager['view'], names: NameSources): Detected {
  const manager = managerAtStart(image, view);
  return {
    layout: { kind: 'memory-manager', managers: [manager] },
    ...placesOfManager(manager, names),
    remarks: view instanceof LinkedManagerView ? [EXPERIMENT] : 'byteOrder' in view ? [PORT] : [],
  };
}

const PORT = 'The memory manager is that of StableBTree for Motoko: its numbers are big-endian.';

const EXPERIMENT =
  'The memory manager has an experimental layout of this tool, in which memories can be freed. The library refuses to open it.';

function ofMotoko(source: ReadableMemory, image: MotokoImage, names: NameSources, report: Report): Detected {
  switch (image.kind) {
    case 'motoko-regions':
      return ofRegions(source, image, image.manager, names);
    case 'motoko-experimental': {
      const manager = inspectBigEndianManager(image.memory, report, source);
      const remarks = [
        `This is the stable memory of a Motoko canister before an upgrade, without regions: ${formatCounted(image.memory.pages, 'page')} of ExperimentalStableMemory.`,
        keptBy(image.trailer),
      ];
      const left = leftByUpgrade(image.trailer.data, image.trailer.span, readGraphCopy(source, image.trailer)?.descriptor);
      if (manager !== undefined) {
        const inside = managed(image.memory, manager, names);
        return {
          ...inside,
          layout: { ...image, manager },
          areas: [...inside.areas, ...left],
          remarks: [...remarks, ...inside.remarks],
        };
      }
      const space: Space = { part: 'image', kind: 'image', id: 0, memory: image.memory, pieces: [] };
      const length = byteLength(image.memory);
      return {
        layout: image,
        spaces: [space],
        areas: [
          { kind: 'plain', part: 'image', extent: { start: offsetAt(0, 0), length }, space, address: START, used: length },
          ...left,
        ],
        remarks,
      };
    }
    case 'motoko-stable-variables':
      return {
        layout: image,
        spaces: [],
        areas: leftByUpgrade(image.data, undefined),
        remarks: [
          `This is the stable memory of a Motoko canister before an upgrade: its stable variables in ${formatBytes(image.data.length)}, and no regions.`,
        ],
      };
  }
}

function ofRegions(
  source: ReadableMemory,
  layout: Extract<MotokoImage, { kind: 'motoko-regions' }>,
  manager: RegionManagerView,
  names: NameSources,
): Detected {
  const extentOf = (block: number): OffsetRange => manager.blockRange(block);
  const spaces = manager.regions.map((region) => regionSpace(region, piecesOf('block', region.blocks, extentOf), names));
  const { metadata, blockBase } = manager;
  const reserved = { start: offsetAt(0, metadata.length), length: Math.max(0, blockBase - metadata.length) };
  return {
    layout,
    spaces,
    areas: [
      { kind: 'named', name: 'manager', part: 'manager', use: 'metadata', extent: metadata },
      { kind: 'named', name: 'reserved', part: 'image', use: 'slack', extent: reserved },
      ...spaces.flatMap((space) => areasOf(space, manager.blockPages * PAGE_SIZE)),
      ...manager.freeBlocks.map((block) => freed(`block/${block}`, extentOf(block))),
      ...leftByUpgrade(
        layout.trailer?.data,
        layout.trailer?.span,
        layout.trailer && readGraphCopy(source, layout.trailer)?.descriptor,
      ),
    ],
    remarks:
      layout.state === 'pre-upgrade'
        ? [
            'This is a Motoko canister before an upgrade: pre_upgrade has run, post_upgrade has not.',
            ...(layout.trailer === undefined ? [] : [keptBy(layout.trailer)]),
          ]
        : hasUpgraded(source, manager)
          ? ['This Motoko canister has been upgraded: it has pages after its blocks, which only an upgrade adds.']
          : [],
  };
}

/** Returns a sentence about how a program's variables persist across the upgrade. */
function keptBy({ version }: UpgradeTrailer): string {
  return `Version ${version}, ${PERSISTENCE_TEXTS[persistenceOf(version)]}.`;
}

/** Returns whether there are pages after the blocks, which an upgrade adds: stable memory never shrinks. */
export function hasUpgraded(image: ReadableMemory, { blocks, end }: RegionManagerView): boolean {
  return blocks > 0 && byteLength(image) > end;
}

/**
 * Returns the areas that an upgrade wrote.
 *
 * @param types the type descriptor of the stored heap
 */
function leftByUpgrade(data: AddressRange | undefined, trailer: AddressRange | undefined, types?: AddressRange): readonly Area[] {
  const extent = (span: AddressRange): OffsetRange => ({ start: offsetAt(0, span.start), length: span.length });
  const areas: Area[] = [];
  if (data !== undefined)
    areas.push({ kind: 'named', name: 'stable variables', part: 'image', use: 'live', extent: extent(data) });
  if (types !== undefined)
    areas.push({ kind: 'named', name: 'stable variables', part: 'image', use: 'live', extent: extent(types) });
  if (trailer !== undefined) {
    areas.push({ kind: 'named', name: 'upgrade trailer', part: 'image', use: 'metadata', extent: extent(trailer) });
  }
  return areas;
}

/**
 * Returns a region as a space. Its name is found on demand.
 */
function regionSpace(region: RegionView, pieces: readonly Piece[], names: NameSources): Space {
  const part = regionId(region.id);
  return {
    part,
    kind: 'region',
    id: region.id,
    get name() {
      return nameOfRegion(names, part, region.id)?.name;
    },
    get nameFrom() {
      return nameOfRegion(names, part, region.id)?.from;
    },
    memory: region,
    pieces,
  };
}

function piecesOf(
  kind: 'bucket' | 'block',
  numbers: readonly number[],
  extentOf: (number: number) => OffsetRange,
): readonly Piece[] {
  return numbers.map((number) => ({ part: `${kind}/${number}`, extent: extentOf(number) }));
}

function startsWith(image: ReadableMemory, text: string): boolean {
  return String.fromCharCode(...readBytes(image, START, text.length)) === text;
}
