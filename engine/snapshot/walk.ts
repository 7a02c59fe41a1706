import type { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import { finish, type Sliced } from '../core/slices.ts';
import type { StructureScan } from '../core/structure.ts';
import { crossCheckAllocators } from './checks/allocator-cross-check.ts';
import { checkMemories } from './checks/check.ts';
import { variableFindings } from './motoko/variable-findings.ts';
import type { PlacedFinding, PlacedStructure } from './placed.ts';
import type { Snapshot } from './snapshot.ts';

/** A structure and the result of walking it. */
export interface ScannedStructure {
  readonly placed: PlacedStructure;
  readonly scan: StructureScan;
}

/** Results of walking every structure of an image once. */
export interface Walk {
  readonly structures: readonly ScannedStructure[];
  /** In the order in which they were found. */
  readonly findings: readonly PlacedFinding[];
}

/** The result for a structure that was not walked. */
export const NOT_WALKED: StructureScan = {
  usage: { metadata: 0, live: 0, free: 0, leaked: 0, unknown: 0 },
  facts: {},
  cutShort: undefined,
};

/**
 * Walks all structures, and checks them against each other and against their manager. The structures share the budget. Yields after
 * each of them.
 */
export function* walkImage(snapshot: Snapshot, budget: Budget): Sliced<Walk> {
  const { structures, findings } = yield* walkEach(snapshot, budget);
  const between = checkMemories(snapshot, findings);
  return { structures, findings: [...withoutLostHalves(findings, between), ...between] };
}

/** Removes the findings about an unpaired half of a Log, where the header of the other half is lost. */
function withoutLostHalves(findings: readonly PlacedFinding[], between: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const halves = between.filter(({ code }) => code === 'log.header-lost').length;
  const unpaired = findings.filter(({ code }) => code === 'log.unpaired').length;
  return halves > 0 && halves === unpaired ? findings.filter(({ code }) => code !== 'log.unpaired') : findings;
}

/** Walks all structures, each on its own. */
export function walkStructures(snapshot: Snapshot, budget: Budget): Walk {
  return finish(walkEach(snapshot, budget));
}

function* walkEach(snapshot: Snapshot, budget: Budget): Sliced<Walk> {
  const findings: PlacedFinding[] = [...snapshot.openingFindings, ...variableFindings(snapshot)];
  const structures: ScannedStructure[] = [];
  for (const placed of snapshot.structures) {
    structures.push(walkOne(snapshot, placed, findings, budget));
    yield structures.length / snapshot.structures.length;
  }
  return { structures, findings };
}

function walkOne(snapshot: Snapshot, placed: PlacedStructure, findings: PlacedFinding[], budget: Budget): ScannedStructure {
  // What a walk finds in a partly downloaded memory is not the canister's fault.
  if (snapshot.places.arePartlyMissing(placed.spaces)) return { placed, scan: NOT_WALKED };
  const report: Report = (finding) => {
    const found = snapshot.places.placeIfThere(finding, placed.part);
    if (found !== undefined) findings.push(found);
  };
  const scan = placed.structure.scan(report, budget);
  return { placed, scan: crossCheckAllocators(snapshot, placed, scan, report, budget) };
}
