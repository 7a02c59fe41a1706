import type { PlacedFinding } from '../placed.ts';

/** Causes by finding: each finding leads to the one that it follows from. */
export type Causes = ReadonlyMap<PlacedFinding, PlacedFinding>;

/** Maximum findings listed for one cause, with the cause itself: more would hide it. */
const MAX_PER_CAUSE = 60;
/** Maximum findings listed of one code in one part, where their cause is not known. */
const MAX_ALIKE = 16;

const SEVERITY_RANK = { error: 0, warning: 1, information: 2 } as const;

/** Lists findings in the given order; each is followed by those that it causes, as far as they are listed. */
export function underCauses(findings: readonly PlacedFinding[], causes: Causes): readonly PlacedFinding[] {
  const effects = new Map<PlacedFinding, PlacedFinding[]>();
  const roots: PlacedFinding[] = [];
  for (const finding of findings) {
    const cause = rootOf(finding, causes);
    if (cause === finding) roots.push(finding);
    else {
      const own = effects.get(cause);
      if (own === undefined) effects.set(cause, [finding]);
      else own.push(finding);
    }
  }
  const listed: PlacedFinding[] = [];
  for (const { finding, more } of withoutRepetition(roots, effects)) {
    const all = effects.get(finding) ?? [];
    const shown = all.slice(0, MAX_PER_CAUSE - 1);
    const unlisted = more + all.length - shown.length;
    const causedBy = listed.length;
    listed.push(unlisted === 0 ? finding : { ...finding, more: unlisted });
    for (const effect of shown) listed.push({ ...effect, causedBy });
  }
  return listed;
}

/** Compares findings: the most severe first, then by offset. */
export function bySeverity(a: PlacedFinding, b: PlacedFinding): number {
  return SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || a.at.start - b.at.start;
}

/** Follows causes to the first one. Returns the finding itself where its causes form a cycle. */
function rootOf(finding: PlacedFinding, causes: Causes): PlacedFinding {
  const seen = new Set<PlacedFinding>();
  let root = finding;
  for (let cause = causes.get(root); cause !== undefined; cause = causes.get(root)) {
    if (seen.has(cause)) return finding;
    seen.add(root);
    root = cause;
  }
  return root;
}

interface Listed {
  readonly finding: PlacedFinding;
  /** Number of unlisted findings that repeat this one; set on the last one that is listed. */
  more: number;
}

/** Keeps the first findings of those that repeat each other, and every cause. */
function withoutRepetition(
  roots: readonly PlacedFinding[],
  effects: ReadonlyMap<PlacedFinding, readonly PlacedFinding[]>,
): readonly Listed[] {
  const kept: Listed[] = [];
  const alike = new Map<string, { count: number; last: Listed }>();
  for (const finding of roots) {
    const key = `${finding.code} ${finding.part}`;
    const before = alike.get(key);
    if (before !== undefined && before.count >= MAX_ALIKE && !effects.has(finding)) {
      before.last.more += 1;
      continue;
    }
    const last = { finding, more: 0 };
    kept.push(last);
    alike.set(key, { count: (before?.count ?? 0) + 1, last });
  }
  return kept;
}
