/** Reads a canister's stable memory: its layout, structures and values, what is wrong with it, and what its bytes are used for. */
export type { FindingCode, Severity } from './core/findings.ts';
export { formatAddress, formatBytes, formatCount } from './core/format.ts';
export type { ByteSource } from './core/memory/source.ts';
export type { StructureKind } from './core/structure-kinds.ts';
export type { Usage } from './core/usage-runs.ts';
export type { Bytes } from './public/bytes.ts';
export { describeFinding, openSnapshot } from './public/open-snapshot.ts';
export type {
  EntryOptions,
  EntryPage,
  FindingDescription,
  ScanOptions,
  ScanReport,
  Snapshot,
  SnapshotOptions,
  SnapshotSpace,
  SnapshotStructure,
} from './public/snapshot.ts';
export type { ExplainReport } from './snapshot/owners.ts';
export type { CheckReport, FindingLine } from './views/check.ts';
export type { DiffReport } from './views/diff/diff-report.ts';
export type { EntryDifference } from './views/diff/entry-differences.ts';
export type { EntryLine } from './views/entries.ts';
export type { GrowthReport } from './views/growth/growth-report.ts';
export type { InspectReport } from './views/inspect.ts';
export type { RepairReport } from './views/repair/repair-report.ts';
export type { EditReport } from './views/rescue/edit-report.ts';
export type { NewMapReport } from './views/rescue/new-map-text.ts';
export type { RecoverLine, RecoverReport } from './views/rescue/recover-lines.ts';
export type { ShapeReport } from './views/shape/shape.ts';
