import type { Report } from '../core/findings.ts';
import { formatBytes, formatCounted, isOrAre, toHex } from '../core/format.ts';
import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  PAGE_SIZE,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../core/memory/memory.ts';
import { Cursor } from '../values/cursor.ts';
import { ExperimentalView } from './experimental.ts';
import { readGraphCopy } from './graph-copy.ts';
import { CLEARED_MAGIC } from './regions/check.ts';
import { inspectRegionManager, type RegionManagerView } from './regions/inspect.ts';
import { MAGIC } from './regions/layout.ts';
import { readStableTypes, typeOf } from './stable-variables/layout.ts';
import { decodeTrailer, hasData, hasRegions, persistenceOf, type UpgradeTrailer, variablesAt } from './upgrade-trailer.ts';

/** The contents of a Motoko canister's stable memory. Ranges are addresses in the image. */
export type MotokoImage =
  | {
      readonly kind: 'motoko-regions';
      readonly state: 'running' | 'pre-upgrade';
      readonly manager: RegionManagerView;
      /** Only in a pre-upgrade image, and only if it can be read. */
      readonly trailer: UpgradeTrailer | undefined;
    }
  | {
      readonly kind: 'motoko-experimental';
      readonly state: 'pre-upgrade';
      /** The bytes that the program sees. */
      readonly memory: ExperimentalView;
      readonly trailer: UpgradeTrailer;
    }
  | {
      readonly kind: 'motoko-stable-variables';
      readonly state: 'pre-upgrade';
      /** The variables in extended Candid. */
      readonly data: AddressRange;
      readonly instructions: bigint;
    };

const START: Address = at(0, 0);
/** Magic of Candid. */
const DIDL = 'DIDL';
/** Bytes before the longest trailer that are zero in every image that has one. */
const PADDING = 16;
const LONGEST_TRAILER = 40;

/**
 * Recognises the image of a Motoko canister. Returns undefined if it shows no sign of Motoko. The image of a running canister
 * that uses `ExperimentalStableMemory` without regions shows none: all its bytes are the program's own.
 */
export function inspectMotokoImage(image: ReadableMemory, report: Report): MotokoImage | undefined {
  if (image.pages === 0) return undefined;
  const start = readBytes(image, START, 8);
  if (viewOf(start).getUint32(0, true) !== 0) {
    const manager = inspectRegionManager(image, report);
    return manager ? { kind: 'motoko-regions', state: 'running', manager, trailer: undefined } : stableVariables(image);
  }
  if (latin(start) === CLEARED_MAGIC) {
    const manager = inspectRegionManager(image, report);
    if (manager) {
      const trailer = decodeTrailer(image);
      checkTrailer(image, trailer, manager, report);
      return { kind: 'motoko-regions', state: 'pre-upgrade', manager, trailer };
    }
  }
  return experimental(image, report);
}

function stableVariables(image: ReadableMemory): MotokoImage | undefined {
  const data = variablesAt(image, START, byteLength(image) - 8);
  if (!data || latin(readBytes(image, data.start, DIDL.length)) !== DIDL) return undefined;
  if (!couldBeVariables(image, data) || !isZero(image, data.start + data.length + 8)) return undefined;
  const instructions = viewOf(readBytes(image, at(data.start, data.length), 8)).getBigUint64(0, true);
  return { kind: 'motoko-stable-variables', state: 'pre-upgrade', data, instructions };
}

/** Maximum bytes of stable variables that are read for their types, and maximum bytes after them that are checked. */
const MAX_TYPE_BYTES = 1 << 20;
const MAX_ZEROS = 1 << 20;

/** Returns whether the types, if they can be read, are those of an actor: one record whose fields are all optional. */
function couldBeVariables(image: ReadableMemory, { start, length }: AddressRange): boolean {
  const cursor = new Cursor(readBytes(image, start, Math.min(length, MAX_TYPE_BYTES)));
  const table = readStableTypes(cursor);
  if (cursor.problem !== undefined) return true;
  const [argument = 0, ...others] = table.args;
  const actor = typeOf(table, argument);
  return others.length === 0 && actor?.kind === 'record' && actor.fields.every(({ type }) => typeOf(table, type)?.kind === 'opt');
}

/** Returns whether only zeros follow the variables: a log has its next entry there. */
function isZero(image: ReadableMemory, start: number): boolean {
  const length = Math.max(0, Math.min(byteLength(image) - start, MAX_ZEROS));
  return readBytes(image, at(0, start), length).every((byte) => byte === 0);
}

/** Recognises an image by the only evidence that there is: its cleared first word and a consistent trailer. */
function experimental(image: ReadableMemory, report: Report): MotokoImage | undefined {
  const trailer = decodeTrailer(image);
  if (!trailer || hasRegions(trailer.version)) return undefined;
  const isSound = pagesFit(image, trailer) && (!hasData(trailer.version) || trailer.data !== undefined);
  if (!isSound && !hasPadding(image)) return undefined;
  checkTrailer(image, trailer, undefined, report);
  const pages = pagesFit(image, trailer) ? trailer.logicalPages : image.pages;
  const memory = new ExperimentalView(image, pages, trailer.firstBytes, at(0, byteLength(image) - 8));
  return { kind: 'motoko-experimental', state: 'pre-upgrade', memory, trailer };
}

/** Returns whether the number of pages in use is possible. It can be 0 only with a graph copy. */
function pagesFit(image: ReadableMemory, { version, logicalPages, span }: UpgradeTrailer): boolean {
  return (
    logicalPages >= (persistenceOf(version) === 'graph-copy' ? 0 : 1) &&
    Number.isInteger(logicalPages) &&
    logicalPages * PAGE_SIZE <= span.start &&
    logicalPages <= image.pages
  );
}

function hasPadding(image: ReadableMemory): boolean {
  const bytes = readBytes(image, at(0, byteLength(image) - LONGEST_TRAILER - PADDING), PADDING);
  return bytes.every((byte) => byte === 0);
}

function checkTrailer(
  image: ReadableMemory,
  trailer: UpgradeTrailer | undefined,
  manager: RegionManagerView | undefined,
  report: Report,
): void {
  const reportAt = (at: AddressRange, message: string): void => report({ code: 'region.trailer', memory: image, at, message });
  const word = (fromEnd: number): AddressRange => ({ start: at(0, byteLength(image) - fromEnd), length: 4 });
  if (!trailer) {
    const version = viewOf(readBytes(image, word(4).start, 4)).getUint32(0, true);
    reportAt(
      word(4),
      `The first word is cleared as before an upgrade, but the last word, ${version}, is not a known version of an upgrade trailer.`,
    );
    return;
  }
  if (manager && !hasRegions(trailer.version)) {
    reportAt(word(4), `The last word says version ${trailer.version}, which has no regions, but the image has regions.`);
  }
  if (manager && latin(trailer.firstBytes) !== MAGIC.slice(0, 4)) {
    const message = `The bytes kept for the start of the image are ${toHex(trailer.firstBytes)}, not those of "${MAGIC.slice(0, 4)}": post-upgrade will not restore the magic.`;
    reportAt(word(8), message);
  }
  if (!pagesFit(image, trailer)) {
    const message = `${formatCounted(trailer.logicalPages, 'page')} ${isOrAre(trailer.logicalPages)} said to be in use, but the image has only ${formatCounted(image.pages, 'page')}.`;
    reportAt(trailer.pagesAt, message);
  } else if (manager && manager.blocks > 0 && trailer.logicalPages * PAGE_SIZE < manager.end) {
    const message = `${formatCounted(trailer.logicalPages, 'page')} ${isOrAre(trailer.logicalPages)} said to be in use, but the regions' blocks end at ${formatBytes(manager.end)}.`;
    reportAt(trailer.pagesAt, message);
  } else if (hasData(trailer.version) && !trailer.data) {
    const start = at(0, Math.min(trailer.logicalPages * PAGE_SIZE, byteLength(image) - 4));
    reportAt({ start, length: 4 }, 'The stable variables after the pages in use do not end before the trailer, or are empty.');
  } else if (persistenceOf(trailer.version) === 'graph-copy') {
    const copy = readGraphCopy(image, trailer);
    const at = { start: trailer.span.start, length: trailer.span.length };
    if (!copy) reportAt(at, 'The type descriptor of the stored heap is not between it and the trailer.');
    else if (copy.problem !== undefined) {
      reportAt(
        copy.typeTable,
        `The types of the stored heap cannot be read, so an upgrade with this image traps. ${copy.problem}`,
      );
    }
  }
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
