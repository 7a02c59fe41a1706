import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../../core/user-error.ts';
import { FileSource } from '../../file-source.ts';
import { PACKED_ENDINGS } from '../../folders/snapshot-files.ts';
import { firstBytes } from '../../open-source.ts';
import { packingOf, unpack } from '../../unpack.ts';
import type { Neighbour } from './neighbours.ts';
import { writeSparse } from './sparse-file.ts';

/** Files of a snapshot that the tools read only unpacked. */
const READ_UNPACKED = ['wasm_memory.bin', 'wasm_module.bin', 'heap.bin', 'wasm-code.bin'];

/** Returns a file's name without the ending of a compressed file. */
export function withoutPacking(name: string): string {
  const ending = PACKED_ENDINGS.find((one) => name.endsWith(one));
  return ending === undefined ? name : name.slice(0, -ending.length);
}

/** Copies a file to the folder `part`, unpacked if the tools need that. `all`: all files that are copied. */
export async function copyNeighbour(
  { path, name }: Neighbour,
  part: string,
  all: readonly Neighbour[],
): Promise<Iterable<undefined>> {
  const plain = withoutPacking(name);
  const packing = plain !== name && READ_UNPACKED.includes(plain) ? packingOf(firstBytes(path)) : undefined;
  if (packing === undefined) return copy(new FileSource(path), join(part, name));
  if (all.some((each) => each.name === plain)) return [];
  const unpacked = await unpack(path, packing);
  const problem = typeof unpacked === 'string' ? unpacked : unpacked.problem;
  if (typeof unpacked !== 'string' && problem === undefined) return copy(unpacked.source, join(part, plain));
  if (typeof unpacked !== 'string') unpacked.source.close();
  throw new UserError('file', `${path} could not be unpacked. ${problem}`);
}

function* copy(source: FileSource, path: string): Generator<undefined> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    yield* writeSparse(path, source.size, (offset, into) => source.read(offset, into));
  } finally {
    source.close();
  }
}
