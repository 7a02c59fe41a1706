import { Budget } from '../budget.ts';
import type { Report } from '../findings.ts';
import { offsetAt } from '../memory/memory.ts';
import type { Usage } from '../protocol.ts';
import type { Fates, Survey } from '../structure.ts';
import type { Area } from './areas.ts';
import { checkMemories } from './check.ts';
import { heldAgainstBooks } from './held-against-books.ts';
import type { RegionBlocks } from './region-blocks.ts';
import type { PlacedFinding, PlacedStructure, Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';
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
  return {
    structures,
    findings: soundFindings(
      snapshot,
      findings.sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity] || a.at.start - b.at.start),
    ),
    usage: usageOf(snapshot, structures),
    cutShort: budget.cutShort,
  };
}

const GRAVITY = { error: 0, warning: 1, information: 2 } as const;

type Tally = { -readonly [Fate in keyof Usage]: number };

function usageOf(snapshot: Snapshot, structures: readonly SurveyedStructure[]): Usage {
  const usage: Tally = { metadata: 0, live: 0, free: 0, slack: 0, leaked: 0, unmanaged: 0, unknown: 0 };
  // Bytes of each space that the image has: the structures' fates must add up to just them.
  const backed = new Map<Space, number>();
  for (const area of snapshot.areas) tallyArea(snapshot, area, usage, backed);

  const surveyed = new Set<Space>();
  for (const { placed, survey } of structures) {
    const there = placed.spaces.reduce((sum, space) => sum + (backed.get(space) ?? 0), 0);
    for (const space of placed.spaces) surveyed.add(space);
    addFates(usage, survey.fates, there);
  }
  for (const [space, bytes] of backed) {
    if (surveyed.has(space)) continue;
    const blocks = snapshot.isPartlyMissing({ spaces: [space] }) ? undefined : snapshot.blocksOf(space);
    addFates(usage, fatesOfBooks(blocks, bytes), bytes);
  }
  return usage;
}

/** What becomes of a region that nothing but a `MemoryRegion` is known of. */
function fatesOfBooks(blocks: RegionBlocks | undefined, bytes: number): Fates {
  const none = { metadata: 0, live: 0, free: 0, leaked: 0, unknown: 0 };
  if (blocks === undefined) return { ...none, unknown: bytes };
  const live = blocks.end - blocks.freeBytes;
  return { ...none, live, free: Math.max(0, bytes - live) };
}

const NOT_WALKED: Survey = {
  fates: { metadata: 0, live: 0, free: 0, leaked: 0, unknown: 0 },
  facts: {},
  cutShort: undefined,
};

/** Counts an area's own bytes, and notes how many it backs of its space. Bytes that are not downloaded are unknown, whatever they would be. */
function tallyArea(snapshot: Snapshot, area: Area, usage: Tally, backed: Map<Space, number>): void {
  const missing = snapshot.missingIn(area.extent);
  const { length } = area.extent;
  switch (area.kind) {
    case 'named':
      usage[area.fate] += length - missing;
      usage.unknown += missing;
      return;
    case 'freed':
      usage.free += length - missing;
      usage.unknown += missing;
      return;
    case 'plain':
    case 'piece': {
      const slack = { start: offsetAt(area.extent.start, area.used), length: length - area.used };
      const slackMissing = snapshot.missingIn(slack);
      usage.slack += slack.length - slackMissing;
      usage.unknown += slackMissing;
      backed.set(area.space, (backed.get(area.space) ?? 0) + area.used);
    }
  }
}

/**
 * Adds a structure's fates (its own headers are live: metadata of the image is the manager's alone), made to sum up to the bytes that the image has of it: a cut
 * image has fewer than the structure should.
 */
function addFates(usage: Tally, fates: Fates, there: number): void {
  let surplus = fates.metadata + fates.live + fates.free + fates.leaked + fates.unknown - there;
  const left: { -readonly [Fate in keyof Fates]: number } = { ...fates };
  for (const fate of ['unknown', 'free', 'leaked', 'live', 'metadata'] as const) {
    const taken = Math.min(Math.max(surplus, 0), left[fate]);
    left[fate] -= taken;
    surplus -= taken;
  }
  usage.live += left.live + left.metadata;
  usage.free += left.free;
  usage.leaked += left.leaked;
  usage.unknown += left.unknown + Math.max(-surplus, 0);
}
