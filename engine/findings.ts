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
export const FINDINGS = {} as const satisfies Record<string, FindingKind>;

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
