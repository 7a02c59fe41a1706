import type { PlacedFinding } from '../snapshot/placed.ts';

/** Findings of two snapshots. Two are the same if they have the same code, part and message. */
export interface FindingDifference {
  readonly added: readonly PlacedFinding[];
  readonly gone: readonly PlacedFinding[];
  /** Number of those that both have. */
  readonly kept: number;
}

export function compareFindings(before: readonly PlacedFinding[], after: readonly PlacedFinding[]): FindingDifference {
  const left = new Map<string, PlacedFinding[]>();
  for (const finding of before) left.set(idOf(finding), [...(left.get(idOf(finding)) ?? []), finding]);
  const added: PlacedFinding[] = [];
  for (const finding of after) if (left.get(idOf(finding))?.shift() === undefined) added.push(finding);
  const gone = [...left.values()].flat();
  return { added, gone, kept: after.length - added.length };
}

function idOf({ code, part, message }: PlacedFinding): string {
  return JSON.stringify([code, part, message]);
}
