import { expect, test } from 'vitest';
import { PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../engine/core/memory/overlay.ts';
import { Canister } from './canister.ts';
import { compile, type Persistence } from './compile.ts';
import { expectSameImage, inspected, phaseOf } from './images.ts';
import { longLife } from './steps.ts';
import { send, Twin } from './twin.ts';

/** Room for the manager, 6 blocks and an upgrade, so that some grows fail. */
const MAX_PAGES = 16 + 6 * 128 + 1;

/** Steps after which the image is compared and the canister is upgraded. */
const CHECKPOINT = 1000;

/** Returns the number of pages before the end of the last block. */
function pagesInUse(image: ReadableMemory): number | undefined {
  const found = inspected(image);
  return found?.kind === 'motoko-regions' ? found.manager.end / PAGE_SIZE : undefined;
}

test.each<readonly [Persistence, number, number]>([
  ['enhancedOP', 6, 4000],
  ['classicOP', 2, 4000],
])('%s: the same operations give the same results and the same image, across upgrades', (persistence, version, length) => {
  const program = compile('regions.mo', persistence);
  const canister = new Canister(program, new OverlayMemory(undefined, MAX_PAGES));
  const twin = new Twin(new OverlayMemory(undefined, MAX_PAGES));
  for (const [index, step] of longLife(length, version).entries()) {
    const size = 'region' in step ? twin.sizeOf(step.region) : 0;
    const ours = twin.apply(step);
    const theirs = send(canister, step, size, ours === 'refused');
    if (!same(ours, theirs)) expect({ index, step, result: ours }).toEqual({ index, step, result: theirs });
    if (index % CHECKPOINT !== CHECKPOINT - 1) continue;
    expectSameImage(twin.memory, canister.stable);
    const pages = pagesInUse(canister.stable);
    canister.preUpgrade();
    expect(phaseOf(canister.stable)).toEqual({ kind: 'motoko-regions', state: 'pre-upgrade', version, pages });
    canister.postUpgrade();
    expect(phaseOf(canister.stable)).toEqual({ kind: 'motoko-regions', state: 'running', version: undefined, pages: undefined });
    // The pages of the upgrade trailer stay, and are used when a region grows.
    twin.memory.grow(canister.stable.pages - twin.memory.pages);
    twin.reopen();
    expectSameImage(twin.memory, canister.stable);
  }
});

function same(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : a === b;
}
