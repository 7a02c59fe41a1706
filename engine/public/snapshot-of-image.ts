import { Budget } from '../core/budget.ts';
import { byteLength, offsetAt, PAGE_SIZE, readBytes } from '../core/memory/memory.ts';
import type { Role } from '../snapshot/decoding.ts';
import { findStructure } from '../snapshot/find-part.ts';
import { scanImage } from '../snapshot/full-scan.ts';
import { explainReport } from '../snapshot/owners.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot as Image } from '../snapshot/snapshot.ts';
import type { Codec } from '../values/codec.ts';
import { codecOf } from '../values/codecs.ts';
import { checkReport } from '../views/check.ts';
import { type EntryLine, entryLines } from '../views/entries.ts';
import { inspectReport } from '../views/inspect.ts';
import { describeLayout, nameOfLayout } from '../views/names.ts';
import { addressOf } from './bytes.ts';
import type { EntryOptions, EntryPage, Snapshot } from './snapshot.ts';

/** Returns the public face of an opened image. */
export function snapshotOf(image: Image): Snapshot {
  const assertInside = (offset: number, length: number): void => {
    if (offset >= 0 && offset + length <= image.bytes) return;
    throw new RangeError(`The snapshot has ${image.bytes} bytes; ${length} from ${offset} on are not all in it.`);
  };
  return {
    title: image.title,
    bytes: image.bytes,
    layout: nameOfLayout(image),
    description: describeLayout(image),
    remarks: image.remarks,
    spaces: image.spaces.map(({ part, name, memory }) => ({ part, name, bytes: byteLength(memory) })),
    structures: image.structures.map(({ part, structure: { kind, length, facts }, spaces }) => ({
      part,
      kind,
      length,
      spaces: spaces.map((space) => space.part),
      facts,
    })),
    entries: (part, options = {}) => readEntries(image, part, options),
    scan({ milliseconds } = {}) {
      const scan = scanImage(image, new Budget(milliseconds === undefined ? {} : { milliseconds }));
      const check = checkReport(image, scan);
      return {
        findings: check.findings,
        usage: scan.usage,
        cutShort: scan.cutShort,
        inspect: inspectReport(image, scan),
        check,
      };
    },
    explain(offset) {
      assertInside(offset, 1);
      return explainReport(image, offsetAt(0, offset), new Budget());
    },
    read(offset, length) {
      assertInside(offset, length);
      return readImage(image, offset, length);
    },
  };
}

function readImage({ memory }: Image, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const part = bytes.subarray(done, done + PAGE_SIZE);
    part.set(readBytes(memory, addressOf(offset + done), part.length));
    done += part.length;
  }
  return bytes;
}

function readEntries(image: Image, part: string, options: EntryOptions): EntryPage {
  const { from = 0, limit = 1_000, key, value, stale = false } = options;
  const placed = findStructure(image, part);
  if (placed === undefined) throw new RangeError(`The snapshot has no structure "${part}".`);
  const restoreKey = choose(image, placed, 'key', key);
  const restoreValue = choose(image, placed, 'value', value);
  const entries: EntryLine[] = [];
  let incomplete: string | undefined;
  for (const line of entryLines(image, placed, { from, limit, stale }, new Budget())) {
    if ('incomplete' in line) incomplete = line.reason;
    else entries.push(line);
  }
  restoreKey();
  restoreValue();
  return { entries, incomplete };
}

/** Decodes by a named codec, and returns what goes back to the one before. */
function choose(image: Image, placed: PlacedStructure, role: Role, name: string | undefined): () => void {
  if (name === undefined) return () => {};
  const before = image.decoding.chosen(placed, role)?.codec;
  image.decoding.choose(placed.part, role, codecNamed(image, name));
  return () => image.decoding.choose(placed.part, role, before);
}

function codecNamed(image: Image, name: string): Codec {
  const codec = codecOf(name, image.codecs);
  if (codec === undefined) throw new RangeError(`There is no codec "${name}".`);
  return codec;
}
