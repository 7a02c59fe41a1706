import { Budget } from '../budget.ts';
import { offsetAt } from '../memory/memory.ts';
import type { Usage } from '../protocol.ts';
import type { Fates } from '../structure.ts';
import type { Area } from './areas.ts';
import { cyclesPerYear } from './cost.ts';
import type { RegionBlocks } from './region-blocks.ts';
import type { PlacedFinding, Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';
import { type SurveyedStructure, walkImage } from './walk.ts';
import { withCauses } from './with-causes.ts';

/** A whole image, walked once: every finding, and what becomes of every byte. */
export interface ImageSurvey {
  readonly structures: readonly SurveyedStructure[];
  /** Gravest first, then by place; each is followed by those that it causes. */
  readonly findings: readonly PlacedFinding[];
  /** The sum is the image's size. */
  readonly usage: Usage;
  /** A sentence, where a walk did not come to its end. */
  readonly cutShort: string | undefined;
}

/** Walks all structures, and looks for the causes of what is found. The budget is for all of them together. */
export function surveyImage(snapshot: Snapshot, budget = new Budget()): ImageSurvey {
  const { structures, findings } = walkImage(snapshot, budget);
  return {
    structures,
    findings: withCauses(snapshot, findings),
    usage: usageOf(snapshot, structures),
    cutShort: budget.cutShort,
  };
}

/** Cycles a year: for the whole image, and for the slack and free bytes in it. */
export function costOf(
  usage: Usage,
  bytes: number,
  cyclesPerGibSecond?: number,
): { readonly all: bigint; readonly unused: bigint } {
  const unused = usage.slack + usage.free;
  return { all: cyclesPerYear(bytes, cyclesPerGibSecond), unused: cyclesPerYear(unused, cyclesPerGibSecond) };
}

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
