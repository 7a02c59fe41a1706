import { FINDINGS } from '../core/findings.ts';
import { capitalised, formatBytes } from '../core/format.ts';
import { offsetAt } from '../core/memory/memory.ts';
import { costLines, costOf } from '../snapshot/cost.ts';
import type { FullScan } from '../snapshot/full-scan.ts';
import type { PlacedFinding } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nameOfSpace } from '../snapshot/space.ts';
import { describeUnread } from '../snapshot/structures.ts';
import { conclusionOf, growthOf } from './buckets.ts';
import { describeLayout, nameOfLayout } from './names.ts';
import type { FindingRow, ScanSummary, Summary } from './protocol.ts';

/** Maximum findings in one result; the counts include the rest. */
const MAX_FINDINGS = 400;

/** Summarises a snapshot, without scanning it. */
export function summaryOf(snapshot: Snapshot): Summary {
  const missing = snapshot.places.missingIn({ start: offsetAt(0, 0), length: snapshot.bytes });
  return {
    title: snapshot.title,
    subtitle: describeLayout(snapshot),
    layout: nameOfLayout(snapshot),
    bytes: snapshot.bytes,
    hasImage: true,
    missing: missing === 0 ? undefined : { bytes: missing, text: `${formatBytes(missing)} not downloaded` },
    remarks: [
      ...snapshot.remarks,
      ...snapshot.unread.map((unread) => `${capitalised(nameOfSpace(unread.space))} ${describeUnread(unread)}.`),
    ],
    conclusion: conclusionOf(snapshot),
    growth: growthOf(snapshot),
    written: undefined,
  };
}

/** Summarises a full scan. */
export function scanSummary(snapshot: Snapshot, scan: FullScan): ScanSummary {
  const cost = costOf(scan.usage, snapshot.bytes, snapshot.rate);
  const count = (severity: PlacedFinding['severity']): number =>
    scan.findings.filter((finding) => finding.severity === severity).length;
  return {
    usage: scan.usage,
    cyclesPerYear: String(cost.all),
    cyclesPerYearUnused: String(cost.unused),
    cost: costLines(cost),
    findings: scan.findings.slice(0, MAX_FINDINGS).map(findingRow),
    findingCounts: { error: count('error'), warning: count('warning'), information: count('information') },
    cutShort: scan.cutShort,
  };
}

function findingRow({ at: { start, length }, causedBy, more = 0, ...finding }: PlacedFinding): FindingRow {
  const { means, remedy } = FINDINGS[finding.code];
  return { ...finding, at: { start, length }, means, remedy, causedBy, more };
}
