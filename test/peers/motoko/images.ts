import { expect } from 'vitest';
import type { Finding } from '../../../engine/core/findings.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { inspectMotokoImage } from '../../../engine/motoko/image.ts';

/** So many bytes are compared at a time; an image is a multiple of them. */
const SOME = PAGE_SIZE;

export function expectSameImage(ours: ReadableMemory, theirs: ReadableMemory): void {
  expect(ours.pages).toBe(theirs.pages);
  const [left, right] = [new Uint8Array(SOME), new Uint8Array(SOME)];
  for (let start = 0; start < byteLength(theirs); start += SOME) {
    ours.read(at(0, start), left);
    theirs.read(at(0, start), right);
    if (Buffer.compare(left, right) !== 0) expect.fail(`The images differ behind ${start}.`);
  }
}

/** Returns what inspection says of an image in which nothing is wrong. */
export function inspected(image: ReadableMemory) {
  const findings: Finding[] = [];
  const found = inspectMotokoImage(image, (finding) => findings.push(finding));
  expect(findings).toEqual([]);
  return found;
}

/**
 * Returns whether the image is one of before an upgrade, the version of what that left, and how many pages it says are in use.
 */
export function phaseOf(image: ReadableMemory) {
  const found = inspected(image);
  const trailer = found && 'trailer' in found ? found.trailer : undefined;
  return { kind: found?.kind, state: found?.state, version: trailer?.version, pages: trailer?.logicalPages };
}
