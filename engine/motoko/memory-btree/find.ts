import type { Report } from '../../core/findings.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { type AddressRange, at, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { blankLength, MIN_BLANK } from '../../rust/blank-start.ts';
import type { NumberedMemory } from '../memory-buffer/find.ts';
import { beginsWithText, isUsedAfterHeader } from '../region-start.ts';
import { FIRST_REGION } from '../regions/layout.ts';
import { MemoryBTreeView } from './inspect.ts';
import {
  DATA_ID_AT,
  DATA_MAGIC,
  decodeHeader,
  HEADER_LENGTH,
  ID_AT,
  MAGIC_AT,
  NEWEST_VERSION,
  type RegionHeader,
  SATELLITE_MAGICS,
  SATELLITES,
  type Satellite,
  VERSION_AT,
} from './layout.ts';
import { areValuesElsewhere } from './scan/values-place.ts';

interface Headed<Region> {
  readonly region: Region;
  readonly header: RegionHeader;
}

/** The others' region numbers relative to the data region's: a tree makes its regions in a fixed order. */
const DISTANCE = { leaves: -2, branches: -1, values: 1 } as const satisfies Record<Satellite, number>;
/** Magics of other structures' regions. */
const OTHERS: readonly string[] = ['BFR', 'BLB', 'MQU'];
/** Used instead of a magic for a region that begins with text. */
const TEXT = 'text';
const OVERWRITTEN = 'zeros or 0xff';
/** A values region of memory-buffer 0.1.0, whose trees have two regions and are not read. */
const BLOBS_MAGIC = 'BLB';
/** Maximum regions without a tree that are reported. */
const MAX_LOST = 50;

/**
 * Finds the MemoryBTrees among a canister's regions by the headers of the four regions, which name each other. If some of these
 * are damaged, the others still lead to them. Reports what is wrong.
 */
export function findMemoryBTrees<Region extends NumberedMemory>(
  regions: readonly Region[],
  report: Report,
): readonly MemoryBTreeView[] {
  const headed = regions.flatMap((region): Headed<Region>[] => {
    const header = decodeHeader(region);
    return header ? [{ region, header: asRead(region, header) }] : [];
  });
  const used = new Set<Region>();
  const found: MemoryBTreeView[] = [];
  const index = new RelationIndex(headed);
  for (const data of dataRegionsAmong(headed)) {
    if (used.has(data.region)) continue;
    const view = openTree(data, index, used, report);
    if (view) found.push(view);
  }
  let reported = 0;
  for (const { region, header } of headed) {
    if (used.has(region) || satelliteOf(header) === undefined) continue;
    if (reported >= MAX_LOST) break;
    const isNamed = index.withId(header.data) !== undefined;
    // The three letters of the magic alone are not enough evidence.
    if (!isNamed && !(header.data >= FIRST_REGION && isUsedAfterHeader(region))) continue;
    reported += 1;
    const message = `Region ${region.id} is part of a MemoryBTree, but region ${header.data}, which should have its entries, ${isNamed ? 'has none' : 'has no blocks'}.`;
    report({ code: 'memory-btree.pairing', memory: region, at: DATA_ID_AT, message });
  }
  return found;
}

/** Returns the header, without the fields of a region that begins with text or overwritten bytes. */
function asRead(region: ReadableMemory, header: RegionHeader): RegionHeader {
  if (beginsWithText(region)) return { ...header, magic: TEXT };
  if (!isOverwritten(region)) return header;
  const known = blankLength(region, HEADER_LENGTH) < HEADER_LENGTH ? header : NOTHING;
  return { ...known, magic: OVERWRITTEN, version: 0 };
}

const NOTHING: RegionHeader = {
  magic: '',
  version: 0,
  ids: { leaves: 0, branches: 0, values: 0 },
  capacity: 0,
  root: 0,
  count: 0n,
  depth: 0,
  data: 0,
  nodes: 0n,
};

/** An index of regions by their relations to others: an image can have tens of thousands. */
class RelationIndex<Region extends NumberedMemory> {
  readonly #byId = new Map<number, Headed<Region>>();
  /** Regions by the region that they name as the one with their entries. */
  readonly #byData = new Map<number, Headed<Region>[]>();

  constructor(headed: readonly Headed<Region>[]) {
    for (const one of headed) {
      const id = lowBits(one.region.id);
      if (!this.#byId.has(id)) this.#byId.set(id, one);
      const named = this.#byData.get(one.header.data);
      if (named) named.push(one);
      else this.#byData.set(one.header.data, [one]);
    }
  }

  withId(id: number): Headed<Region> | undefined {
    return this.#byId.get(lowBits(id));
  }

  /**
   * Returns the regions that name a data region, that it names, or whose numbers have the distance that a tree's regions have.
   * Sorted by number.
   */
  relatedTo({ region, header }: Headed<Region>): readonly Headed<Region>[] {
    const named = [...Object.values(header.ids), ...Object.values(DISTANCE).map((distance) => region.id + distance)];
    const related = [...(this.#byData.get(lowBits(region.id)) ?? []), ...named.flatMap((id) => this.withId(id) ?? [])];
    return [...new Set(related)].sort((a, b) => a.region.id - b.region.id);
  }
}

/**
 * Returns the data regions: those with the magic that also name another region or are named by one, and those that two others
 * name.
 */
function dataRegionsAmong<Region extends NumberedMemory>(headed: readonly Headed<Region>[]): readonly Headed<Region>[] {
  const named = new Map<number, Set<Satellite>>();
  for (const { header } of headed) {
    const satellite = satelliteOf(header);
    if (satellite) named.set(header.data, (named.get(header.data) ?? new Set()).add(satellite));
  }
  const ids = new Set(headed.map(({ region }) => lowBits(region.id)));
  return headed.filter(({ region, header }) => {
    if (header.magic === DATA_MAGIC)
      return (
        named.has(lowBits(region.id)) || [header.ids.branches, header.ids.leaves].some((id) => id >= FIRST_REGION && ids.has(id))
      );
    return satelliteOf(header) === undefined && !OTHERS.includes(header.magic) && (named.get(lowBits(region.id))?.size ?? 0) >= 2;
  });
}

function satelliteOf({ magic }: RegionHeader): Satellite | undefined {
  return SATELLITES.find((satellite) => SATELLITE_MAGICS[satellite] === magic);
}

function openTree<Region extends NumberedMemory>(
  data: Headed<Region>,
  index: RelationIndex<Region>,
  used: Set<Region>,
  report: Report,
): MemoryBTreeView | undefined {
  const { region, header } = data;
  const others = index.relatedTo(data).filter((one) => one !== data && !used.has(one.region) && one.header.magic !== DATA_MAGIC);
  const best = (satellite: Satellite) => bestOf(data, satellite, others);
  const [leaves, branches] = [best('leaves'), best('branches')];
  const known = best('values');
  // Only its number leads to a values region that was overwritten as a whole.
  const areLost =
    known === undefined &&
    header.ids.values === 0 &&
    leaves !== undefined &&
    header.version <= NEWEST_VERSION &&
    areValuesElsewhere(region, leaves.region, branches?.region, header);
  const values = known ?? (areLost ? blankValues(data, others) : undefined);
  const blobs = others.find((one) => lowBits(one.region.id) === header.ids.branches);
  if (!leaves && !branches && blobs?.header.magic === BLOBS_MAGIC) return undefined;

  used.add(region);
  const reportAt = (memory: Region, at: AddressRange, message: string, right?: Uint8Array): void =>
    report({ code: 'memory-btree.pairing', memory, at, message, right });
  if (header.magic !== DATA_MAGIC) {
    const message = `Region ${region.id} has the entries of a MemoryBTree, but begins with ${header.magic === TEXT || header.magic === OVERWRITTEN ? header.magic : JSON.stringify(header.magic)}, not with "${DATA_MAGIC}".`;
    reportAt(region, MAGIC_AT, message, magicBytes(DATA_MAGIC));
  }
  for (const [satellite, other] of [
    ['leaves', leaves],
    ['branches', branches],
    ['values', values],
  ] as const) {
    if (other) {
      used.add(other.region);
      reportPairing(data, satellite, other, report);
    } else if (satellite !== 'values' || header.ids.values !== 0) {
      const message = `The ${satellite} of the tree in region ${region.id} should be in region ${header.ids[satellite]}, which does not have them.`;
      reportAt(region, ID_AT[satellite], message);
    } else if (areLost) {
      const message = `The values of the tree in region ${region.id} are in a separate region, but no region has its header or its number, ${region.id + DISTANCE.values}.`;
      reportAt(region, ID_AT[satellite], message);
    }
  }
  if (!leaves || !isKnownVersion(data, NEWEST_VERSION, report)) return undefined;
  for (const other of [leaves, branches, values]) if (other) isKnownVersion(other, 0, report);
  const own = values && hasHeader(values, data);
  return new MemoryBTreeView(
    {
      data: region,
      leaves: leaves.region,
      branches: branches?.region,
      // Release 0.0.1 had no region for values. If one is missing that should be there, it is not known where the values are.
      values: values?.region ?? (header.ids.values === 0 && !areLost ? region : undefined),
      valuesBase: values && !own ? 0 : HEADER_LENGTH,
    },
    header,
  );
}

/**
 * Returns the region with the most evidence: at least two of its magic, its id in the data region, the data region's id in it,
 * and its number.
 */
function bestOf<Region extends NumberedMemory>(
  data: Headed<Region>,
  satellite: Satellite,
  others: readonly Headed<Region>[],
): Headed<Region> | undefined {
  let best: Headed<Region> | undefined;
  let most = 1;
  for (const one of others) {
    const evidence = signsOf(data, satellite, one);
    const rival = satelliteOf(one.header);
    if ((rival !== undefined && rival !== satellite) || OTHERS.includes(one.header.magic) || evidence <= most) continue;
    best = one;
    most = evidence;
  }
  // A tree that was migrated from release 0.0.1 has values in a region without a header.
  const named = others.find(({ region }) => satellite === 'values' && lowBits(region.id) === data.header.ids.values);
  const bare = named && satelliteOf(named.header) === undefined && !OTHERS.includes(named.header.magic) ? named : undefined;
  // The library loses the values region's id. If that region's header was overwritten, too, only its number is left.
  const lost = others.find(
    ({ region }) => satellite === 'values' && region.id - data.region.id === DISTANCE.values && hasLostHeader(region),
  );
  if (best === undefined && lost !== undefined && data.header.ids.values === 0) return lost;
  return best ?? (data.header.ids.values === 0 ? undefined : bare);
}

/** Returns the region with the number of a tree's values region, if its header is all zeros or 0xff. */
function blankValues<Region extends NumberedMemory>(
  { region }: Headed<Region>,
  others: readonly Headed<Region>[],
): Headed<Region> | undefined {
  const found = others.find((one) => one.region.id - region.id === DISTANCE.values);
  if (found === undefined || blankLength(found.region, HEADER_LENGTH) < HEADER_LENGTH) return undefined;
  return { region: found.region, header: { ...NOTHING, magic: OVERWRITTEN } };
}

/** Returns whether the header of a region with content is all zeros or 0xff, which no release writes. */
function isOverwritten(region: ReadableMemory): boolean {
  return blankLength(region, MIN_BLANK) === MIN_BLANK && isUsedAfterHeader(region);
}

/** Returns whether an overwritten header can have been a values region's, where only the first eight bytes are not zero. */
function hasLostHeader(region: ReadableMemory): boolean {
  if (!isOverwritten(region)) return false;
  if (blankLength(region, HEADER_LENGTH) === HEADER_LENGTH) return true;
  return readBytes(region, at(0, MIN_BLANK), HEADER_LENGTH - MIN_BLANK).every((byte) => byte === 0);
}

function signsOf<Region extends NumberedMemory>(data: Headed<Region>, satellite: Satellite, one: Headed<Region>): number {
  return [
    one.header.magic === SATELLITE_MAGICS[satellite],
    one.header.data === lowBits(data.region.id),
    data.header.ids[satellite] === lowBits(one.region.id),
    one.region.id - data.region.id === DISTANCE[satellite],
  ].filter((sign) => sign).length;
}

function hasHeader<Region extends NumberedMemory>({ region, header }: Headed<Region>, data: Headed<Region>): boolean {
  if (header.magic === SATELLITE_MAGICS.values || header.data === lowBits(data.region.id)) return true;
  return data.header.ids.values === 0 && (header.magic === OVERWRITTEN || hasLostHeader(region));
}

function reportPairing<Region extends NumberedMemory>(
  data: Headed<Region>,
  satellite: Satellite,
  other: Headed<Region>,
  report: Report,
): void {
  const reportAt = (memory: Region, at: AddressRange, message: string, right: Uint8Array): void =>
    report({ code: 'memory-btree.pairing', memory, at, message, right });
  const { region, header } = other;
  const id = data.header.ids[satellite];
  // The library loses the id of the values region itself.
  if (id !== lowBits(region.id) && (satellite !== 'values' || id !== 0)) {
    const message = `Region ${data.region.id} names region ${id} as the one with its ${satellite}; it is region ${region.id}.`;
    reportAt(data.region, ID_AT[satellite], message, littleEndian(lowBits(region.id), 4));
  }
  if (satellite === 'values' && !hasHeader(other, data)) return;
  const magic = SATELLITE_MAGICS[satellite];
  if (header.magic !== magic) {
    const message = `Region ${region.id} has the ${satellite} of region ${data.region.id}, but begins with ${header.magic === TEXT || header.magic === OVERWRITTEN ? header.magic : JSON.stringify(header.magic)}, not with "${magic}".`;
    reportAt(region, MAGIC_AT, message, magicBytes(magic));
  }
  const isBlank = header.magic === OVERWRITTEN && header.data === 0;
  if (header.data !== lowBits(data.region.id) && !isBlank) {
    const message = `Region ${region.id} names region ${header.data} as the one with the entries; it is region ${data.region.id}.`;
    reportAt(region, DATA_ID_AT, message, littleEndian(lowBits(data.region.id), 4));
  }
}

/** Returns whether a region's layout version can be read, and reports it if not. */
function isKnownVersion<Region extends NumberedMemory>(
  { region, header }: Headed<Region>,
  newest: number,
  report: Report,
): boolean {
  if (header.version <= newest) return true;
  const message = `The layout version of region ${region.id} is ${header.version}. ${newest === 0 ? 'Version 0' : `Versions 0 to ${newest}`} can be read.`;
  report({ code: 'memory-btree.bad-version', memory: region, at: VERSION_AT, message });
  return false;
}

/** Headers keep 32 bits of an id. */
function lowBits(id: number): number {
  return id % 2 ** 32;
}

function magicBytes(magic: string): Uint8Array {
  return Uint8Array.from(magic, (letter) => letter.charCodeAt(0));
}
