import { FINDINGS, type FindingCode } from '../core/findings.ts';
import { readLabels } from '../snapshot/labels.ts';
import { openSnapshot as openImage } from '../snapshot/open-snapshot.ts';
import { type Bytes, memoryOf, sourceOf } from './bytes.ts';
import type { FindingDescription, Snapshot, SnapshotOptions } from './snapshot.ts';
import { snapshotOf } from './snapshot-of-image.ts';

/** Opens a stable memory. No bytes make it throw: what is wrong with them becomes findings. */
export function openSnapshot(bytes: Bytes, { title = 'stable memory', labels, mainMemory }: SnapshotOptions = {}): Snapshot {
  const source = sourceOf(bytes);
  const read = labels === undefined ? undefined : readLabels(labels);
  return snapshotOf(
    openImage({
      title,
      memory: memoryOf(source),
      bytes: source.size,
      missing: [],
      remarks: read?.problems ?? [],
      labels: read?.labels,
      wasmMemory: mainMemory === undefined ? undefined : memoryOf(mainMemory),
    }),
  );
}

/** Describes a finding by its code. */
export function describeFinding(code: FindingCode): FindingDescription {
  const { severity, means, remedy } = FINDINGS[code];
  return { code, severity, means, remedy };
}
