/** Compares images that the real library left, moment after moment, with what dumps of all their entries say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { peersFolder } from '../../tools/peers.ts';
import { compared, figuresOf, figuresOfDumps } from '../engine/compare/dumped.ts';
import { openedBytes } from '../engine/snapshot/opened.ts';
import { ALL_MEMORIES, MEMORIES_0_5, type TestedMemory } from './arbitraries.ts';
import { type Release, runPeer } from './peer.ts';
import type { Step } from './steps.ts';

/** Images of a session. Each is compared with the next one. */
const IMAGES = 9;

function phasesOf(memories: readonly TestedMemory[]): fc.Arbitrary<Step[][]> {
  const steps = fc.oneof(...memories.map((memory) => memory.steps));
  const phase = fc.array<Step>(steps, { minLength: 20, maxLength: 150, size: 'max' });
  return fc.array(phase, { minLength: IMAGES, maxLength: IMAGES });
}

function expectAsDumped(release: Release, memories: readonly TestedMemory[], phases: readonly Step[][]): void {
  const setup: readonly Step[] = [{ do: 'manage', bucketPages: 1 }, ...memories.flatMap(({ opened }) => opened ?? [])];
  const images = phases.map((_, index) => join(peersFolder, `compared-${index}.bin`));
  runPeer(release, [
    ...setup,
    ...phases.flatMap((phase, index): readonly Step[] => [...phase, { do: 'store', image: images[index] ?? '' }]),
    { do: 'checkpoint' },
  ]);
  const snapshots = images.map((image) => openedBytes(readFileSync(image)));
  for (const [index, after] of snapshots.entries()) {
    const before = snapshots[index - 1];
    if (before === undefined) continue;
    const comparison = compared(before, after);
    expect(comparison.incomplete).toEqual([]);
    expect(figuresOf(comparison)).toEqual(figuresOfDumps(before, after));
  }
}

const STRUCTURES = ALL_MEMORIES.filter(({ opened }) => opened !== undefined);

law.prop([phasesOf(STRUCTURES)], { numRuns: 5, endOnFailure: true })(
  'images of the library are compared as dumps of all their entries are',
  (phases) => expectAsDumped('0.7.2', STRUCTURES, phases),
);

const VERSION_1 = MEMORIES_0_5.filter(({ opened }) => opened !== undefined);

law.prop([phasesOf(VERSION_1)], { numRuns: 2, endOnFailure: true })(
  'and those of release 0.5.6, with maps of layout version 1',
  (phases) => expectAsDumped('0.5.6', VERSION_1, phases),
);
