/** Every image of the fixtures is the same as itself. */
import { expect, test } from 'vitest';
import { compareSnapshots } from '../../../engine/compare/compare-snapshots.ts';
import { finish } from '../../../engine/core/slices.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { fixtureNames } from '../../fixtures.ts';
import { PATIENCE } from '../../patience.ts';
import { opened } from '../snapshot/opened.ts';

const FAMILIES = [
  'stable-structures',
  'motoko',
  'motoko-regions',
  'motoko-upgrades',
  'field-rust',
  'field-motoko',
  'damage',
  'diff',
];

test.each(FAMILIES.flatMap(fixtureNames))('%s is the same as itself', { timeout: PATIENCE }, (name) => {
  const [snapshot, again] = [opened(name), opened(name)];
  const scan = scanImage(snapshot);
  const { isSame, common, structures, memories, findings } = finish(
    compareSnapshots({ snapshot, scan }, { snapshot: again, scan }),
  );
  expect([isSame, common, memories, findings.added, findings.gone]).toEqual([true, 'all', [], [], []]);
  for (const { difference } of structures) expect(difference).toEqual({ added: 0, removed: 0, changed: 0 });
});
