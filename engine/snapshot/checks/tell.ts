import type { FindingCode } from '../../core/findings.ts';
import type { AddressRange, ReadableMemory } from '../../core/memory/memory.ts';
import type { PartId } from '../../core/part-ids.ts';

/** What one memory's checks may cost; they only add to what its structure's own walk tells. */
export const MAX_OF_A_MEMORY = { milliseconds: 2_000 } as const;

export type Tell = (code: FindingCode, part: PartId, memory: ReadableMemory, span: AddressRange, message: string) => void;
