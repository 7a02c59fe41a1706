import { expect } from 'vitest';
import type { Finding } from '../../../engine/core/findings.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { inspectMotokoImage } from '../../../engine/motoko/image.ts';

/** Bytes that are compared at a time. The size of an image is a multiple of them. */
const SOME = PAGE_SIZE;

export function expectSameImage(ours: ReadableMemory, theirs: ReadableMemory): void {
  expect(ours.pages).toBe(theirs.pages);
  const [left, right] = [new Uint8Array(SOME), new Uint8Array(SOME)];
  for (let start = 0; start < byteLength(theirs); start += SOME) {
    ours.read(at(0, start), left);
    theirs.read(at(0, start), right);
    if (Buffer.compare(left, right) !== 0) expect.fail(`The images differ after ${start}.`);
  }
}

/** Returns the result of inspecting an image that must have no findings. */
export function inspected(image: ReadableMemory) {
  const findings: Finding[] = [];
  const found = inspectMotokoImage(image, (finding) => findings.push(finding));
  expect(findings).toEqual([]);
  return found;
}

/** Returns whether an image is a pre-upgrade image, the version of its trailer, and its number of pages in use. */
export function phaseOf(image: ReadableMemory) {
  const found = inspected(image);
  const trailer = found && 'trailer' in found ? found.trailer : undefined;
  return { kind: found?.kind, state: found?.state, version: trailer?.version, pages: trailer?.logicalPages };
}
