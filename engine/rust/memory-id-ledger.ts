/**
 * The ledger of memory ids that the crate `ic-memory` keeps: it assigns a memory to each stable key permanently. It is in a Cell
 * in memory 0, as CBOR: `{"store": {"physical": {"slot0": {"generation", …, "payload"}, "slot1": …}}}`; a payload is an envelope
 * around the ledger's own CBOR.
 *
 * | offset | bytes | field of the envelope |
 * |-------:|------:|------------------------|
 * |      0 |     8 | magic `ICMEMLED` |
 * |      8 |     4 | format: `ICMF`, `ICMS` |
 * |     12 |     4 | version, u32 little-endian: 1 |
 * |     16 |     8 | length n, u64 little-endian |
 * |     24 |     n | `{"current_generation", "records": [{"stable_key", "slot": {"slot": {"MemoryManagerId": 100}}, "state", …}]}`, in older releases the records under `"allocation_history"` |
 *
 * Source: dragginzgame/ic-memory, `src/ledger/payload.rs`, `src/ledger/record.rs`, `src/slot/memory_manager.rs`, and its own
 * `fixtures/current/`; image of release 0.11.
 */
import { byteLength, type ReadableMemory, readBytes, viewOf } from '../core/memory/memory.ts';
import { type CborTree, cborBytes, cborField, readCborTree } from '../values/codecs/cbor-tree.ts';
import { decodeHeader, MAGIC, VALUE_AT } from './cell/layout.ts';

const ENVELOPE_MAGIC = 'ICMEMLED';
const ENVELOPE_BYTES = 24;

/** Maximum bytes of a ledger, which has at most 255 records. A larger Cell holds something else. */
const MAX_BYTES = 2 ** 20;
/** Maximum characters of a key that is used as a name. */
const MAX_KEY = 256;

interface Ledger {
  readonly generation: number;
  readonly names: ReadonlyMap<number, string>;
}

/** Returns the stable keys from the ledger in `memory`, by memory id; empty if there is no ledger. */
export function namesInLedger(memory: ReadableMemory): ReadonlyMap<number, string> {
  const none: ReadonlyMap<number, string> = new Map();
  if (memory.pages === 0) return none;
  const { magic, length } = decodeHeader(memory);
  if (magic !== MAGIC || length > MAX_BYTES || VALUE_AT + length > byteLength(memory)) return none;
  const value = readBytes(memory, VALUE_AT, length);
  const physical = cborField(cborField(readCborTree(value)?.tree, 'store'), 'physical');
  const ledgers = ['slot0', 'slot1'].flatMap(
    (slot) => ledgerOf(cborBytes(cborField(cborField(physical, slot), 'payload'))) ?? [],
  );
  const newest = ledgers.sort((a, b) => b.generation - a.generation)[0];
  return newest?.names ?? none;
}

/** Reads a committed ledger. A slot whose write was interrupted has none: then the other slot is valid. */
function ledgerOf(payload: Uint8Array | undefined): Ledger | undefined {
  if (payload === undefined || payload.length < ENVELOPE_BYTES) return undefined;
  if (String.fromCharCode(...payload.subarray(0, ENVELOPE_MAGIC.length)) !== ENVELOPE_MAGIC) return undefined;
  const length = viewOf(payload).getBigUint64(16, true);
  if (length !== BigInt(payload.length - ENVELOPE_BYTES)) return undefined;
  const ledger = readCborTree(payload.subarray(ENVELOPE_BYTES))?.tree;
  const generation = cborField(ledger, 'current_generation');
  const records = cborField(ledger, 'records') ?? cborField(cborField(ledger, 'allocation_history'), 'records');
  if (typeof generation !== 'number' || !Array.isArray(records)) return undefined;
  return { generation, names: new Map(records.flatMap((record: CborTree) => named(record) ?? [])) };
}

function named(record: CborTree): readonly (readonly [number, string])[] | undefined {
  const key = cborField(record, 'stable_key');
  const id = cborField(cborField(cborField(record, 'slot'), 'slot'), 'MemoryManagerId');
  if (typeof key !== 'string' || key === '' || key.length > MAX_KEY || typeof id !== 'number') return undefined;
  const state = cborField(record, 'state');
  // A retired key has the generation that retired it: `{"Retired": {"generation": 2}}`.
  const isRetired = state === 'Retired' || cborField(state, 'Retired') !== undefined;
  return [[id, isRetired ? `${key} (retired)` : key]];
}
