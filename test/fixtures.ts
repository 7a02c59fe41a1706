import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ReadableMemory } from '../engine/core/memory/memory.ts';
import { type ByteSource, BytesSource, SourceMemory } from '../engine/core/memory/source.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** Returns the path of `name` in the family that has it, with the first existing one of `endings`. */
function find(name: string, endings: readonly string[]): string {
  for (const family of readdirSync(FIXTURES)) {
    for (const ending of endings) {
      const path = join(FIXTURES, family, name + ending);
      if (existsSync(path)) return path;
    }
  }
  throw new Error(`There is no fixture ${name}.`);
}

function readUnpacked(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** Returns the raw bytes of a fixture's image. */
export function imageBytes(name: string): Uint8Array {
  return readUnpacked(find(name, ['.bin.gz', '.bin']));
}

/** The images that were unpacked last, the latest at the end, because unpacking the largest takes half a second. */
const unpacked = new Map<string, Uint8Array>();
const MAX_UNPACKED = 400_000_000;

/** Returns a fixture's image as a source that cannot be written. */
export function imageSource(name: string): ByteSource {
  const bytes = unpacked.get(name) ?? imageBytes(name);
  unpacked.delete(name);
  unpacked.set(name, bytes);
  let total = 0;
  for (const [each, { length }] of [...unpacked].reverse()) {
    total += length;
    if (total > MAX_UNPACKED) unpacked.delete(each);
  }
  return new BytesSource(bytes);
}

/** Returns a fixture's image for reading. */
export function image(name: string): ReadableMemory {
  return new SourceMemory(imageSource(name));
}

/** Returns the JSON that a fixture's maker wrote next to the image. The caller states its type. */
export function sidecar<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(readUnpacked(find(name, ['.json', '.json.gz']))));
}

/** Returns the names of a family's fixtures with an image. */
export function fixtureNames(family: string): readonly string[] {
  return readdirSync(join(FIXTURES, family))
    .filter((file) => file.endsWith('.bin.gz'))
    .map((file) => file.slice(0, -'.bin.gz'.length))
    .sort();
}
