import type { FindingCode } from '../../core/findings.ts';
import type { AddressRange, ReadableMemory } from '../../core/memory/memory.ts';
import type { PartId } from '../../core/part-ids.ts';

/** Limits of the checks of one memory, in addition to walking its structure. */
export const CHECK_LIMITS = { milliseconds: 2_000 } as const;

/** Reports a finding about a range of a memory. `wasted`: bytes that the canister pays for although nothing uses them. */
export type ReportFinding = (
  code: FindingCode,
  part: PartId,
  memory: ReadableMemory,
  span: AddressRange,
  message: string,
  wasted?: number,
) => void;
