import type { CallKind } from '../recorder/script.ts';

/** The report of `stable-memory record --json`. Fields may be added, never renamed. */
export interface RecordReport {
  readonly schema: 'stable-memory/record/1';
  readonly messages: number;
  readonly steps: number;
  /** Size of stable memory after the last call. */
  readonly pages: number;
  /** SHA-256 of stable memory after the last call, in lower-case hex. */
  readonly sha256: string;
  /** The calls of the script that ran, in order. */
  readonly calls: readonly RecordedCallReport[];
  /** Why the script did not run to its end. */
  readonly stopped?: string;
}

export interface RecordedCallReport {
  readonly call: CallKind;
  /** Empty for calls without a method. */
  readonly method: string;
  readonly outcome: 'replied' | 'rejected' | 'trapped';
  /** The reply as Candid's text, if it is Candid. */
  readonly reply?: string;
  readonly replyHex?: string;
  readonly error?: string;
  /** The canister's functions that ran when it trapped, innermost first. */
  readonly stack?: readonly string[];
}
