import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ReadableMemory } from '../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../engine/core/memory/source.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** The path of `name` in whichever family holds it, with the first of `endings` that is there. */
function find(name: string, endings: readonly string[]): string {
  for (const family of readdirSync(FIXTURES)) {
    for (const ending of endings) {
      const path = join(FIXTURES, family, name + ending);
      if (existsSync(path)) return path;
    }
  }
  throw new Error(`No fixture is called ${name}.`);
}

function readUnpacked(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** The raw bytes of a fixture's image. */
export function imageBytes(name: string): Uint8Array {
  return readUnpacked(find(name, ['.bin.gz', '.bin']));
}

/** A fixture's image, for reading. */
export function image(name: string): ReadableMemory {
  return new SourceMemory(new BytesSource(imageBytes(name)));
}

/** What a fixture's maker wrote beside the image. The caller says what it expects in there. */
export function sidecar<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(readUnpacked(find(name, ['.json', '.json.gz']))));
}

/** The names of a family's fixtures that have an image. */
export function fixtureNames(family: string): readonly string[] {
  return readdirSync(join(FIXTURES, family))
    .filter((file) => file.endsWith('.bin.gz'))
    .map((file) => file.slice(0, -'.bin.gz'.length))
    .sort();
}
