import { type Address, assertHolds, at, type Memory } from './memory.ts';

/** More is not moved at a time through a copy. */
const MAX = 65_536;

/** Moves a run of bytes to another place, also where the two overlap: in place, where the memory can do so. */
export function moveBytes(memory: Memory, from: Address, to: Address, length: number): void {
  if (memory.move) memory.move(from, to, length);
  else moveByCopies(memory, from, to, length);
}

/** From its end or from its start on, so that no byte is written over before it was read. */
export function moveByCopies(memory: Memory, from: Address, to: Address, length: number): void {
  assertHolds(memory, from, length);
  assertHolds(memory, to, length);
  const copy = new Uint8Array(Math.min(length, MAX));
  for (let left = length; left > 0; ) {
    const some = Math.min(left, MAX);
    const done = to > from ? left - some : length - left;
    const bytes = some === copy.length ? copy : copy.subarray(0, some);
    memory.read(at(from, done), bytes);
    memory.write(at(to, done), bytes);
    left -= some;
  }
}
