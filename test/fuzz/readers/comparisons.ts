import { type ComparedStructure, compareSnapshots, type SnapshotComparison } from '../../../engine/compare/compare-snapshots.ts';
import type { ScannedSnapshot } from '../../../engine/compare/scanned-snapshot.ts';
import { Budget } from '../../../engine/core/budget.ts';
import { finish } from '../../../engine/core/slices.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { diffReport } from '../../../engine/views/diff/diff-report.ts';
import { diffText } from '../../../engine/views/diff/diff-text.ts';
import { patches } from '../mutate.ts';
import { Patched } from '../patched.ts';
import type { Random } from '../random.ts';
import { assert, type Reader } from '../reader.ts';
import { IMAGES, type Seed } from '../seeds.ts';

/** Limits of each traversal of a case. It reports if it was cut short. */
const LIMITS = { steps: 20_000, bytes: 2 ** 25 } as const;

export const COMPARISON_READER: Reader = {
  name: 'comparisons',
  cases: 100,
  maxTime: 8000,
  run(random) {
    const image = random.pick(IMAGES);
    const [a, again, b] = openDamaged(random, image);
    expectSame(compare(a, again));
    const [there, back] = [compare(a, b), compare(b, a)];
    expectMirrored(there, back);
    diffText(diffReport(a.snapshot, b.snapshot, there));
  },
};

/** Opens an image with damage twice, and once with other damage or none. */
function openDamaged(random: Random, { bytes, places }: Seed): readonly [ScannedSnapshot, ScannedSnapshot, ScannedSnapshot] {
  const damage = () => patches(random, bytes.length, places, (start, length) => bytes.subarray(start, start + length));
  const [first, second] = [damage(), random.once(3) ? [] : damage()];
  return [opened(bytes, first), opened(bytes, first), opened(bytes, second)];
}

function opened(bytes: Uint8Array<ArrayBuffer>, damage: ReturnType<typeof patches>): ScannedSnapshot {
  const memory = new Patched(bytes, damage);
  const snapshot = openSnapshot({ title: 'fuzzed', memory, bytes: bytes.length, missing: [], remarks: [] });
  return { snapshot, scan: scanImage(snapshot, new Budget(LIMITS)) };
}

function compare(before: ScannedSnapshot, after: ScannedSnapshot): SnapshotComparison {
  return finish(compareSnapshots(before, after, { budget: new Budget(LIMITS) }));
}

/** Asserts that an image is the same as itself, whatever its damage. */
function expectSame({ isSame, common, structures, memories, findings }: SnapshotComparison): void {
  const counts = structures.reduce((sum, { difference }) => sum + difference.added + difference.removed + difference.changed, 0);
  assert(
    isSame && common === 'all' && counts === 0 && findings.added.length + findings.gone.length === 0,
    () => `An image differs from itself: ${counts} elements, ${memories.length} memories.`,
  );
}

/** Asserts that what one direction adds, the other removes. */
function expectMirrored(there: SnapshotComparison, back: SnapshotComparison): void {
  assert(there.isSame === back.isSame && there.common === back.common, () => 'Images are the same in one direction only.');
  const mirrored = new Map(
    back.structures.map((structure) => [idOf({ before: structure.after, after: structure.before }), structure]),
  );
  for (const structure of there.structures) {
    const id = idOf(structure);
    const other = mirrored.get(id);
    assert(other !== undefined, () => `${id} is compared in one direction only.`);
    if (other === undefined || isIncomplete(structure) || isIncomplete(other)) continue;
    const [{ added, removed, changed }, mirror] = [structure.difference, other.difference];
    assert(
      added === mirror.removed && removed === mirror.added && changed === mirror.changed,
      () => `${id}: ${added} + ${removed} + ${changed}, and back ${mirror.added} + ${mirror.removed} + ${mirror.changed}.`,
    );
  }
  assert(
    there.findings.added.length === back.findings.gone.length && there.findings.gone.length === back.findings.added.length,
    () => 'Findings are not mirrored.',
  );
  assert(there.memories.length === back.memories.length, () => 'Memories are not mirrored.');
}

function idOf({ before, after }: Pick<ComparedStructure, 'before' | 'after'>): string {
  return [before, after].map((placed) => (placed === undefined ? '' : `${placed.part} of ${placed.structure.kind}`)).join(' → ');
}

function isIncomplete({ difference }: ComparedStructure): boolean {
  return difference.incomplete !== undefined;
}
