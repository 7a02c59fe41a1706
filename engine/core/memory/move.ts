import { type Address, assertHolds, at, type Memory } from './memory.ts';

/** Maximum bytes moved through a copy at a time. */
const MAX = 65_536;

/** Moves a range of bytes to another place, in place if the memory supports it. The two ranges may overlap. */
export function moveBytes(memory: Memory, from: Address, to: Address, length: number): void {
  if (memory.move) memory.move(from, to, length);
  else moveByCopies(memory, from, to, length);
}

/** Moves a range from its start or from its end, so that no byte is overwritten before it was read. */
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
