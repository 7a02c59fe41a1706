import { Budget } from '../core/budget.ts';
import { formatBytes, formatCycles } from '../core/format.ts';
import { finish, type Sliced } from '../core/slices.ts';
import type { Usage } from '../core/usage-runs.ts';
import { soundFindings } from './checks/unsound.ts';
import { withCauses } from './checks/with-causes.ts';
import { cyclesPerYear, type Rate } from './cost.ts';
import { addScanned, ImageUsage, usageOf } from './image-usage.ts';
import type { PlacedFinding } from './placed.ts';
import type { Snapshot } from './snapshot.ts';
import { NOT_WALKED, type ScannedStructure, walkImage } from './walk.ts';

/** Result of a full scan of an image: every finding, and the use of every byte. */
export interface FullScan {
  readonly structures: readonly ScannedStructure[];
  /** Most severe first, then by offset; each is followed by those that it causes. */
  readonly findings: readonly PlacedFinding[];
  /** Bytes of each class; their sum is the image's size. */
  readonly usage: Usage;
  /** Ranges of each class. */
  readonly where: ImageUsage;
  /** A sentence, where the scan was cut short. */
  readonly cutShort: string | undefined;
}

/** Returns further findings about an image whose structures were walked. */
export type FurtherCheck = (structures: readonly ScannedStructure[]) => readonly PlacedFinding[];

/**
 * Walks all structures, and looks for the causes of the findings. The structures share the budget. `further` adds findings of
 * the caller's own, without a second walk.
 */
export function scanImage(snapshot: Snapshot, budget = new Budget(), further: FurtherCheck = () => []): FullScan {
  return finish(scanInSlices(snapshot, budget, further));
}

/** Does the same. Yields after each structure. */
export function* scanInSlices(snapshot: Snapshot, budget = new Budget(), further: FurtherCheck = () => []): Sliced<FullScan> {
  const { structures, findings: walked } = yield* walkImage(snapshot, budget);
  const findings = [...walked, ...further(structures)];
  const where = whereUsed(snapshot, structures);
  return {
    structures,
    findings: soundFindings(snapshot, withCauses(snapshot, findings)).map((finding) => withCost(finding, snapshot.rate)),
    usage: usageOf(snapshot, where),
    where,
    cutShort: budget.cutShort,
  };
}

/** Adds to a finding what the bytes cost that it wastes. Damage that causes it may have made them up. */
function withCost(finding: PlacedFinding, rate: Rate): PlacedFinding {
  const { message, wasted, causedBy } = finding;
  if (wasted === undefined || causedBy !== undefined) return finding;
  const cycles = formatCycles(cyclesPerYear(wasted, rate));
  return { ...finding, message: `${message} Cost: ${cycles} cycles a year for ${formatBytes(wasted)}.` };
}

/** Collects the ranges of each usage class: from the walks, and for regions with only a `MemoryRegion`, from its allocator. */
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
