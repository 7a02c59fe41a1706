import { Budget } from '../core/budget.ts';
import type { Usage } from '../core/usage-runs.ts';
import { soundFindings } from './checks/unsound.ts';
import { withCauses } from './checks/with-causes.ts';
import { addScanned, ImageUsage, usageOf } from './image-usage.ts';
import type { PlacedFinding } from './placed.ts';
import type { Snapshot } from './snapshot.ts';
import { NOT_WALKED, type ScannedStructure, walkImage } from './walk.ts';

/** A whole image, walked once: every finding, and what becomes of every byte. */
export interface FullScan {
  readonly structures: readonly ScannedStructure[];
  /** Gravest first, then by place; each is followed by those that it causes. */
  readonly findings: readonly PlacedFinding[];
  /** The sum is the image's size. */
  readonly usage: Usage;
  /** Which bytes these are. */
  readonly where: ImageUsage;
  /** A sentence, where a walk did not come to its end. */
  readonly cutShort: string | undefined;
}

/** Walks all structures, and looks for the causes of what is found. The budget is for all of them together. */
export function scanImage(snapshot: Snapshot, budget = new Budget()): FullScan {
  const { structures, findings } = walkImage(snapshot, budget);
  const where = whereUsed(snapshot, structures);
  return {
    structures,
    findings: soundFindings(snapshot, withCauses(snapshot, findings)),
    usage: usageOf(snapshot, where),
    where,
    cutShort: budget.cutShort,
  };
}

/** Gathers where each class of usage is: from the walks, and for regions of which nothing but a `MemoryRegion` is known, from its allocator. */
function whereUsed(snapshot: Snapshot, structures: readonly ScannedStructure[]): ImageUsage {
  const usage = new ImageUsage();
  for (const { placed, scan } of structures) if (scan !== NOT_WALKED) addScanned(usage, placed, scan);
  const inStructures = new Set(structures.flatMap(({ placed }) => placed.spaces));
  for (const space of snapshot.spaces) {
    if (inStructures.has(space) || snapshot.places.arePartlyMissing([space])) continue;
    const runs = snapshot.motoko.blocksOf(space)?.runs();
    if (runs !== undefined) usage.add(space.part, runs);
  }
  return usage;
}
