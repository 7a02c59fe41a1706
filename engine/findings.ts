import type { ReadableMemory, Span } from './memory/memory.ts';

/** error: data is lost, unreachable or will be overwritten. warning: waste, or a trap in waiting. information: a fact worth knowing. */
export type Severity = 'error' | 'warning' | 'information';

export interface FindingKind {
  readonly severity: Severity;
  /** What it means, in a sentence for the owner of the canister. */
  readonly means: string;
  /** What to do about it. */
  readonly cure: string;
}

/** Every finding that there is. The table in the docs is made from this. */
export const FINDINGS = {
  // MemoryManager of ic-stable-structures
  'mm.bad-magic': {
    severity: 'error',
    means: 'Page 0 is a memory manager in all but its magic. The next MemoryManager::init starts empty and overwrites it.',
    cure: 'Do not upgrade the canister. Restore the three bytes "MGR" at the start of the image.',
  },
  'mm.bad-version': {
    severity: 'error',
    means: 'The memory manager has a layout version that no release of the library reads: loading it traps.',
    cure: 'Use the build that wrote it to move the data, or restore a snapshot from before.',
  },
  'mm.bucket-size-zero': {
    severity: 'error',
    means: 'The bucket size is zero, so the first access to any memory traps with a division by zero.',
    cure: 'Restore the two bytes at offset 6: the image has 1 + bucket size * allocated buckets pages.',
  },
  'mm.count-outside': {
    severity: 'error',
    means: 'More buckets are counted as allocated than a memory manager can have, so no memory can grow any more.',
    cure: 'Restore the two bytes at offset 4: one more than the highest bucket that was ever handed out.',
  },
  'mm.reserved-bytes': {
    severity: 'information',
    means: 'Reserved bytes of the header are set, although the library writes zeros there.',
    cure: 'Find out which program wrote them; the library clears them at the next grow.',
  },
  'mm.too-few-buckets': {
    severity: 'error',
    means:
      'A memory owns fewer buckets than its size needs: reading beyond them traps, and a lost first bucket looks like an empty memory.',
    cure: "See whether one of its buckets is marked as nobody's or as another memory's, and restore that byte of the owner table.",
  },
  'mm.too-many-buckets': {
    severity: 'warning',
    means:
      'A memory owns more buckets than its size needs. A surplus at the end is waste; one further down shifts all pages behind it.',
    cure: 'See whether another memory has too few, or whether the size was lowered, and restore that byte.',
  },
  'mm.owned-bucket-above-count': {
    severity: 'error',
    means:
      'A memory owns a bucket that the count calls never handed out: the next grow gives it to another memory, and both overwrite it.',
    cure: 'Do not let the canister grow. Restore the count at offset 4 to one more than the highest bucket in use.',
  },
  'mm.freed-bucket': {
    severity: 'information',
    means:
      "A bucket below the count is nobody's. Version 0.7.1 of the library reclaims memories so; all others never use the bucket again.",
    cure: 'Nothing, where the canister ran 0.7.1. Otherwise look for the memory that lost it.',
  },
  'mm.bucket-outside-image': {
    severity: 'error',
    means: 'Buckets lie beyond the end of the image: it was cut off, or is not downloaded to its end.',
    cure: "Download the snapshot again, and compare its size with the canister's stable memory.",
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDINGS;

/** Something that the bytes say and should not, with the bytes that say it. */
export interface Finding {
  readonly code: FindingCode;
  /** The memory that `at` lies in: a manager's image, a virtual memory, a region. */
  readonly memory: ReadableMemory;
  /** Contains the damaged bytes. */
  readonly at: Span;
  readonly message: string;
  /** How the reader came here, outermost first: `root 0x64`, `child 3`, … Empty where there was no way to go. */
  readonly path?: readonly string[];
}

/** Where a reader puts what it finds; reading goes on. */
export type Report = (finding: Finding) => void;
