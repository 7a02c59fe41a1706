/** Images as canisters leave them, and locks of them. */
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, readBytes } from '../../../engine/core/memory/memory.ts';
import { compareWithLock } from '../../../engine/lock/compare-lock.ts';
import type { LayoutLock } from '../../../engine/lock/lock.ts';
import { readLock } from '../../../engine/lock/read-lock.ts';
import { takeLock } from '../../../engine/lock/take-lock.ts';
import { writeLock } from '../../../engine/lock/write-lock.ts';
import { parseSignature } from '../../../engine/motoko/signature/parse.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { Cell } from '../../../engine/rust/cell/operate.ts';
import { Log } from '../../../engine/rust/log/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { Vec } from '../../../engine/rust/vec/operate.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { readLabels } from '../../../engine/snapshot/labels.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { PlacedFinding } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';

/** Facts about an image that its bytes do not have. */
export interface Around {
  /** Text of the labels. */
  readonly labels?: object;
  /** Text of the program's signature, of a Motoko canister. */
  readonly signature?: string;
}

export function openStored(memory: Memory, { labels, signature }: Around = {}): Snapshot {
  const parsed = signature === undefined ? undefined : parseSignature(signature);
  return openSnapshot({
    title: 'image',
    memory,
    bytes: byteLength(memory),
    missing: [],
    remarks: [],
    ...(labels === undefined ? {} : { labels: readLabels(JSON.stringify(labels)).labels }),
    ...(parsed === undefined ? {} : { program: { signature: parsed, records: [] } }),
  });
}

/** Returns the lock of an image, written and read again. */
export function lockOf(memory: Memory, around: Around = {}, states?: LayoutLock): LayoutLock {
  const snapshot = openStored(memory, around);
  return readLock(writeLock(takeLock(snapshot, scanImage(snapshot).structures, states)), 'the lock');
}

/** Returns the findings of a lock in an image. */
export function breaksOf(memory: Memory, lock: LayoutLock, around: Around = {}): readonly PlacedFinding[] {
  const snapshot = openStored(memory, around);
  const { findings } = scanImage(snapshot, undefined, (structures) => compareWithLock(snapshot, lock, structures));
  return findings.filter(({ code }) => code.startsWith('lock.'));
}

/** Returns a copy, so that the image before an upgrade stays as it is. */
export function copyOf(memory: Memory): BytesMemory {
  return BytesMemory.of(readBytes(memory, at(0, 0), byteLength(memory)));
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

export const U64 = { bound: { max: 8, fixed: true } } as const;
export const TEXT = {};
const SHORT_TEXT = { bound: { max: 32, fixed: false } } as const;

/** Ids of memories. */
export const [USERS, CONFIG, EVENTS, EVENTS_DATA, SCORES, ORDERS, EMPTY] = [0, 1, 2, 3, 4, 5, 6];

/** Types of the maps. */
export const USER_TYPES = { key: U64, value: TEXT };
export const ORDER_TYPES = { key: U64, value: SHORT_TEXT };
export const SCORE = { max: 12, fixed: false };

/** Writes a canister's first state: maps, a cell, a log, a Vec. */
export function firstState(bucketPages = 1): BytesMemory {
  const memory = new BytesMemory();
  fill(MemoryManager.init(memory, bucketPages));
  return memory;
}

export function fill(manager: MemoryManager): void {
  const users = BTreeMap.init(manager.get(USERS), USER_TYPES);
  for (let id = 0; id < 100; id += 1) users.insert(u64(id * 1000), text(`user number ${id}`));
  Cell.init(manager.get(CONFIG), text('{"fee":10,"open":true}'));
  const events = Log.init(manager.get(EVENTS), manager.get(EVENTS_DATA));
  for (let id = 0; id < 20; id += 1) events.append(text(`event ${id} happened`));
  const scores = Vec.init(manager.get(SCORES), SCORE);
  for (let id = 0; id < 30; id += 1) scores.push(text(`score ${id}`));
  const orders = BTreeMap.init(manager.get(ORDERS), ORDER_TYPES);
  for (let id = 0; id < 50; id += 1) orders.insert(u64(id * 7), text(`order ${id}`));
  BTreeMap.init(manager.get(EMPTY), USER_TYPES);
}

/** Returns the lock with one space changed, as a person edits it. */
export function edited(lock: LayoutLock, part: string, change: object): LayoutLock {
  const space = lock.spaces.get(part);
  if (space === undefined) throw new Error(`The lock does not have ${part}.`);
  return { ...lock, spaces: new Map([...lock.spaces, [part, { ...space, ...change }]]) };
}
