import { Budget } from '../budget.ts';
import type { Report } from '../findings.ts';
import type { Usage } from '../protocol.ts';
import type { Survey } from '../structure.ts';
import { checkMemories } from './check.ts';
import { heldAgainstBooks } from './held-against-books.ts';
import { addSurveyed, ImageUsage, usageOf } from './image-usage.ts';
import type { PlacedFinding, PlacedStructure, Snapshot } from './snapshot.ts';
import { soundFindings } from './unsound.ts';

/** One structure, walked. */
export interface SurveyedStructure {
  readonly placed: PlacedStructure;
  readonly survey: Survey;
}

/** A whole image, walked once: every finding, and what becomes of every byte. */
export interface ImageSurvey {
  readonly structures: readonly SurveyedStructure[];
  /** Gravest first, then by place. */
  readonly findings: readonly PlacedFinding[];
  /** The sum is the image's size. */
  readonly usage: Usage;
  /** Which bytes these are. */
  readonly where: ImageUsage;
  /** A sentence, where a walk did not come to its end. */
  readonly cutShort: string | undefined;
}

/** Walks all structures. The budget is for all of them together. */
export function surveyImage(snapshot: Snapshot, budget = new Budget()): ImageSurvey {
  const findings: PlacedFinding[] = [...snapshot.openingFindings, ...snapshot.variableFindings];
  const structures = snapshot.structures.map((placed): SurveyedStructure => {
    // What a walk meets in a half-downloaded memory is no fault of the canister's.
    if (snapshot.isPartlyMissing(placed)) return { placed, survey: NOT_WALKED };
    const report: Report = (finding) => {
      const found = snapshot.placed(finding, placed.part);
      if (found !== undefined) findings.push(found);
    };
    const survey = placed.structure.survey(report, budget);
    return { placed, survey: heldAgainstBooks(snapshot, placed, survey, report, budget) };
  });
  const between = checkMemories(snapshot, findings);
  // The half of a Log that is left lacks the other one, whose header is lost.
  const halves = between.filter(({ code }) => code === 'log.header-lost').length;
  const unpaired = findings.filter(({ code }) => code === 'log.unpaired');
  if (halves > 0 && halves === unpaired.length) for (const one of unpaired) findings.splice(findings.indexOf(one), 1);
  findings.push(...between);
  const where = whereUsed(snapshot, structures);
  return {
    structures,
    findings: soundFindings(
      snapshot,
      findings.sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity] || a.at.start - b.at.start),
    ),
    usage: usageOf(snapshot, where),
    where,
    cutShort: budget.cutShort,
  };
}

const GRAVITY = { error: 0, warning: 1, information: 2 } as const;

/** Gathers where each class of usage is: from the walks, and for regions of which nothing but a `MemoryRegion` is known, from its allocator. */
function whereUsed(snapshot: Snapshot, structures: readonly SurveyedStructure[]): ImageUsage {
  const usage = new ImageUsage();
  for (const { placed, survey } of structures) if (survey !== NOT_WALKED) addSurveyed(usage, placed, survey);
  const inStructures = new Set(structures.flatMap(({ placed }) => placed.spaces));
  for (const space of snapshot.spaces) {
    if (inStructures.has(space) || snapshot.isPartlyMissing({ spaces: [space] })) continue;
    const runs = snapshot.blocksOf(space)?.runs();
    if (runs !== undefined) usage.add(space.part, runs);
  }
  return usage;
}

const NOT_WALKED: Survey = {
  fates: { metadata: 0, live: 0, free: 0, leaked: 0, unknown: 0 },
  facts: {},
  cutShort: undefined,
};
