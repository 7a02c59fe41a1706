import type { Report } from '../../core/findings.ts';
import { littleEndian } from '../../core/little-endian.ts';
import type { AddressRange, ReadableMemory } from '../../core/memory/memory.ts';
import { beginsWithText, isUsedAfterHeader } from '../region-start.ts';
import { FIRST_REGION } from '../regions/layout.ts';
import { type MemoryBufferView, openMemoryBuffer } from './inspect.ts';
import { BLOBS_MAGIC, type BufferHeader, decodeHeader, MAGIC_AT, OTHER_REGION_AT, POINTERS_MAGIC } from './layout.ts';

/** A region to look for a buffer in. */
export interface NumberedMemory extends ReadableMemory {
  readonly id: number;
}

/** A buffer and its regions. `blobs` is undefined if no region can have the values. */
export interface FoundBuffer<Region extends NumberedMemory> {
  readonly view: MemoryBufferView;
  readonly pointers: Region;
  readonly blobs: Region | undefined;
}

interface Headed<Region> {
  readonly region: Region;
  readonly header: BufferHeader;
}

/** Two regions that may be one buffer, and how many of their four magics and ids are evidence for it. */
interface Candidate<Region> {
  readonly pointers: Headed<Region>;
  readonly blobs: Headed<Region>;
  readonly evidence: number;
}

/** Used instead of a magic for a region that begins with text. */
const TEXT = 'text';

/** Magics of other structures' regions. A MemoryBTree of memory-buffer 0.1.0 (`BTR`) has a blobs region, too. */
const OTHERS: readonly string[] = ['BTR', 'BRS', 'LVS', 'VLS', 'MQU'];

/**
 * Finds the MemoryBuffers among a canister's regions by the two headers of each, which name each other. If one of these is
 * damaged, the others still lead to the pair. Reports what is wrong.
 */
export function findMemoryBuffers<Region extends NumberedMemory>(
  regions: readonly Region[],
  report: Report,
): readonly FoundBuffer<Region>[] {
  const headed = regions.flatMap((region): Headed<Region>[] => {
    const header = decodeHeader(region);
    return header ? [{ region, header: beginsWithText(region) ? { ...header, magic: TEXT } : header }] : [];
  });
  const byId = new Map(headed.map((each) => [lowBits(each.region.id), each]));
  const used = new Set<Region>();
  const found: FoundBuffer<Region>[] = [];
  const add = (pointers: Headed<Region>, blobs: Headed<Region> | undefined): void => {
    used.add(pointers.region);
    if (blobs) used.add(blobs.region);
    const view = openMemoryBuffer(pointers.region, blobs?.region, report);
    if (view) found.push({ view, pointers: pointers.region, blobs: blobs?.region });
  };

  for (const { pointers, blobs } of candidatesAmong(headed, byId)) {
    if (used.has(pointers.region) || used.has(blobs.region)) continue;
    reportPairing(pointers, POINTERS_MAGIC, blobs, report);
    reportPairing(blobs, BLOBS_MAGIC, pointers, report);
    add(pointers, blobs);
  }
  for (const each of headed) {
    if (used.has(each.region)) continue;
    const { region, header } = each;
    const other = byId.get(header.other);
    // The three letters of the magic alone are not enough evidence.
    if (!other && !(header.other >= FIRST_REGION && isUsedAfterHeader(region))) continue;
    if (header.magic === POINTERS_MAGIC) {
      const message = `The values of the buffer in region ${region.id} should be in region ${header.other}, which ${other ? 'does not belong to a buffer' : 'has no blocks'}.`;
      reportAt(region, OTHER_REGION_AT, message, undefined, report);
      add(each, undefined);
    } else if (header.magic === BLOBS_MAGIC && !OTHERS.includes(other?.header.magic ?? '')) {
      const message = `Region ${region.id} has a buffer's values, but region ${header.other}, which should point at them, ${other ? 'does not belong to a buffer' : 'has no blocks'}.`;
      reportAt(region, OTHER_REGION_AT, message, undefined, report);
    }
  }
  return found.sort((a, b) => a.pointers.id - b.pointers.id);
}

/** Returns all pairs in which one region names the other, the best first. */
function candidatesAmong<Region extends NumberedMemory>(
  headed: readonly Headed<Region>[],
  byId: ReadonlyMap<number, Headed<Region>>,
): readonly Candidate<Region>[] {
  const candidates: Candidate<Region>[] = [];
  for (const each of headed) {
    const other = byId.get(each.header.other);
    if (!other || other === each) continue;
    if (each.header.magic === POINTERS_MAGIC) candidates.push(weigh(each, other));
    if (each.header.magic === BLOBS_MAGIC) candidates.push(weigh(other, each));
  }
  // A buffer makes its blobs region right after its pointers region.
  const distance = ({ pointers, blobs }: Candidate<Region>): number => Math.abs(blobs.region.id - pointers.region.id - 1);
  return candidates.filter(isLikely).sort((a, b) => b.evidence - a.evidence || distance(a) - distance(b));
}

/**
 * Returns whether the evidence suffices: any three of the four signs. If the blobs region has lost both of its signs, it must not
 * be half of another buffer.
 */
function isLikely<Region>({ pointers, blobs, evidence }: Candidate<Region>): boolean {
  if (OTHERS.includes(pointers.header.magic) || OTHERS.includes(blobs.header.magic)) return false;
  if (evidence >= 3) return true;
  return pointers.header.magic === POINTERS_MAGIC && ![POINTERS_MAGIC, BLOBS_MAGIC].includes(blobs.header.magic);
}

function weigh<Region extends NumberedMemory>(pointers: Headed<Region>, blobs: Headed<Region>): Candidate<Region> {
  const signs = [
    pointers.header.magic === POINTERS_MAGIC,
    blobs.header.magic === BLOBS_MAGIC,
    pointers.header.other === lowBits(blobs.region.id),
    blobs.header.other === lowBits(pointers.region.id),
  ];
  return { pointers, blobs, evidence: signs.filter((sign) => sign).length };
}

function reportPairing<Region extends NumberedMemory>(
  { region, header }: Headed<Region>,
  magic: string,
  other: Headed<Region>,
  report: Report,
): void {
  if (header.magic !== magic) {
    const message = `Region ${region.id} belongs to region ${other.region.id}, but begins with ${header.magic === TEXT ? TEXT : JSON.stringify(header.magic)}, not with "${magic}".`;
    reportAt(
      region,
      MAGIC_AT,
      message,
      Uint8Array.from(magic, (letter) => letter.charCodeAt(0)),
      report,
    );
  }
  if (header.other !== lowBits(other.region.id)) {
    const message = `Region ${region.id} names region ${header.other} as the other half of its buffer; it is region ${other.region.id}.`;
    const right = littleEndian(lowBits(other.region.id), OTHER_REGION_AT.length);
    reportAt(region, OTHER_REGION_AT, message, right, report);
  }
}

function reportAt(
  memory: ReadableMemory,
  at: AddressRange,
  message: string,
  right: Uint8Array | undefined,
  report: Report,
): void {
  report({ code: 'buffer.pairing', memory, at, message, right });
}

/** Headers keep 32 bits of an id. */
function lowBits(id: number): number {
  return id % 2 ** 32;
}
