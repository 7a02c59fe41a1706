import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExactJson } from '../../core/exact-json.ts';
import { isRecord } from './json-file.ts';
import { METADATA_FILE } from './metadata.ts';

/** State of the running canister in a snapshot's `metadata.json`, besides its memories. */
export interface SnapshotState {
  /** Values of the module's globals that are exported or mutable, in its order. Undefined ones are not known. */
  readonly globals: readonly (number | bigint | undefined)[];
  /** When the global timer is due, in nanoseconds since 1970. 0 if it is not set. */
  readonly timer: bigint;
  readonly certifiedData: Uint8Array;
}

/**
 * Reads the state of a canister from `metadata.json`, as `dfx` and `icp` write it (`ReadCanisterSnapshotMetadataResult` of the
 * crate `ic-management-canister-types`). Before its release 0.3.3 the globals were called `exported_globals`. Returns undefined if
 * the file has no globals.
 */
export function readSnapshotState(folder: string): SnapshotState | undefined {
  let value: unknown;
  try {
    value = parseExactJson(readFileSync(join(folder, METADATA_FILE), 'utf8'));
  } catch {
    return undefined; // Whoever reads the memories reports what is wrong with the file.
  }
  if (!isRecord(value)) return undefined;
  const globals = value['globals'] ?? value['exported_globals'];
  if (!Array.isArray(globals)) return undefined;
  const timer = isRecord(value['global_timer']) ? value['global_timer']['active'] : undefined;
  const certified = value['certified_data'];
  return {
    globals: globals.map(globalOf),
    timer: bigintOf(timer) ?? 0n,
    certifiedData: Array.isArray(certified) ? Uint8Array.from(certified, Number) : new Uint8Array(),
  };
}

function globalOf(value: unknown): number | bigint | undefined {
  if (!isRecord(value)) return undefined;
  const integer = bigintOf(value['i64']);
  if (integer !== undefined) return BigInt.asIntN(64, integer);
  const number = value['i32'] ?? value['f32'] ?? value['f64'];
  return typeof number === 'number' ? number : undefined;
}

function bigintOf(value: unknown): bigint | undefined {
  const digits = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : undefined;
}
