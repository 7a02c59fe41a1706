/**
 * Runs the loops of the libraries' published benchmark on the engine, after V8 has compiled them. The argument is the number of
 * runs. Prints a line for each, with its name and milliseconds.
 */
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { type Address, at } from '../../../engine/core/memory/memory.ts';
import { NAT } from '../../../engine/motoko/memory-buffer/blobify.ts';
import { MemoryBuffer } from '../../../engine/motoko/memory-buffer/operate.ts';
import { MemoryRegion } from '../../../engine/motoko/memory-region/operate.ts';
import { STORES } from '../../../engine/motoko/memory-region/policies.ts';
import { RegionManager } from '../../../engine/motoko/regions/operate.ts';
import type { RowName } from './library.ts';

const COUNT = 10_000;
/** Warm-up rounds that do not count. */
const WARM_UP = 20;

const blobs = randomBlobs();

/** The engine's own policy. */
const policy = STORES['two-btrees'];

function* regionWork(): Generator<[RowName, number], void, undefined> {
  const addresses: Address[] = [];
  const region = new MemoryRegion(RegionManager.init(new BytesMemory()).newRegion(), policy());
  const remove = (first: number): void => {
    for (let index = first; index < COUNT; index += 2) region.removeBlob(addresses[index] ?? at(0, 0), blobs[index]?.length ?? 0);
  };
  yield timed('addBlob', () => {
    for (const blob of blobs) addresses.push(region.addBlob(blob));
  });
  yield timed('removeBlob', () => remove(0));
  yield timed('removeBlobMerging', () => remove(1));
  yield timed('addBlobAgain', () => {
    for (const blob of blobs) region.addBlob(blob);
  });
}

function* bufferWork(): Generator<[RowName, number], void, undefined> {
  const manager = RegionManager.init(new BytesMemory());
  const region = () => new MemoryRegion(manager.newRegion(), policy());
  const buffer = new MemoryBuffer({ pointers: region(), blobs: region() }, NAT);
  const each = (row: RowName, once: (index: number) => void) =>
    timed(row, () => {
      for (let index = 0; index < COUNT; index++) once(index);
    });
  yield each('add', (index) => buffer.add(BigInt(index)));
  yield each('get', (index) => buffer.get(index));
  yield each('putSame', (index) => buffer.put(index, BigInt(index)));
  yield each('putLarger', (index) => buffer.put(index, BigInt(index * 10)));
  yield each('remove', () => buffer.remove(0));
  yield each('insert', (index) => buffer.insert(0, BigInt(index)));
  yield each('removeLast', () => buffer.removeLast());
  if (buffer.length !== 0) throw new Error('The buffer should be empty.');
}

function timed(row: RowName, once: () => void): [RowName, number] {
  const start = performance.now();
  once();
  return [row, performance.now() - start];
}

/** Returns blobs of 1 to 100 bytes, the same in every run. */
function randomBlobs(): readonly Uint8Array[] {
  let seed = 12_345;
  const next = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 8;
  };
  return Array.from({ length: COUNT }, () => Uint8Array.from({ length: (next() % 100) + 1 }, next));
}

for (let round = -WARM_UP; round < Number(process.argv[2] ?? 1); round++) {
  for (const [row, milliseconds] of [...regionWork(), ...bufferWork()]) {
    if (round >= 0) console.log(`${row}\t${milliseconds}`);
  }
}
