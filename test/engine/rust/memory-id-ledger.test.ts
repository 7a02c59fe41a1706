import { fc, test as property } from '@fast-check/vitest';
import { encode } from 'cbor-x';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at } from '../../../engine/core/memory/memory.ts';
import { encodeHeader } from '../../../engine/rust/cell/layout.ts';
import { namesInLedger } from '../../../engine/rust/memory-id-ledger.ts';
import { cborBytes, cborField, readCborTree } from '../../../engine/values/codecs/cbor-tree.ts';

interface Written {
  readonly generation: number;
  readonly keys: Readonly<Record<string, number>>;
  readonly state?: string | object;
  readonly nested?: boolean;
  readonly marker?: string;
}

function envelope({ generation, keys, state = 'Active', nested = true, marker = 'ICMF' }: Written): Buffer {
  const records = Object.entries(keys).map(([stable_key, id]) => ({
    stable_key,
    slot: { slot: { MemoryManagerId: id } },
    state,
  }));
  const ledger = encode(
    nested
      ? { current_generation: generation, allocation_history: { records, generations: [] } }
      : { current_generation: generation, records },
  );
  const head = Buffer.alloc(24);
  head.write(`ICMEMLED${marker}`, 0, 'latin1');
  head.writeUInt32LE(1, 12);
  head.writeBigUInt64LE(BigInt(ledger.length), 16);
  return Buffer.concat([head, ledger]);
}

/** Creates a memory with a Cell of the two slots. A payload is an array of numbers, as serde writes it, or a byte string. */
function memoryOf(slots: readonly (Uint8Array | undefined)[], asBytes = false): BytesMemory {
  const physical = Object.fromEntries(
    ['slot0', 'slot1'].map((name, index) => {
      const payload = slots[index];
      return [name, payload === undefined ? null : { generation: index, payload: asBytes ? Buffer.from(payload) : [...payload] }];
    }),
  );
  const value = encode({ store: { physical } });
  const memory = new BytesMemory();
  memory.grow(4);
  memory.write(at(0, 0), encodeHeader(value.length));
  memory.write(at(0, 8), value);
  return memory;
}

const users = { 'app.users.v1': 100, 'app.orders.v1': 101 };

describe('the ledger of memory ids', () => {
  test('names memories', () =>
    expect([...namesInLedger(memoryOf([envelope({ generation: 1, keys: users })]))]).toEqual([
      [100, 'app.users.v1'],
      [101, 'app.orders.v1'],
    ]));
  test('of a later release, with a byte string', () =>
    expect(
      namesInLedger(memoryOf([undefined, envelope({ generation: 1, keys: users, nested: false, marker: 'ICMS' })], true)).get(
        100,
      ),
    ).toBe('app.users.v1'));
  test('the newer of the two slots wins', () => {
    const older = envelope({ generation: 7, keys: users });
    const newer = envelope({ generation: 8, keys: { 'app.renamed.v2': 100 } });
    for (const slots of [
      [older, newer],
      [newer, older],
    ]) {
      expect(namesInLedger(memoryOf(slots)).get(100)).toBe('app.renamed.v2');
    }
  });
  test('a newer slot that was not completely written loses', () => {
    const newer = envelope({ generation: 8, keys: { 'app.renamed.v2': 100 } });
    const slots = [envelope({ generation: 7, keys: users }), newer.subarray(0, newer.length - 5)];
    expect(namesInLedger(memoryOf(slots)).get(100)).toBe('app.users.v1');
  });
  test.each<string | object>(['Retired', { Retired: { generation: 2 } }])('a retired key is marked: %j', (state) =>
    expect(namesInLedger(memoryOf([envelope({ generation: 1, keys: users, state })])).get(101)).toBe('app.orders.v1 (retired)'),
  );
  test('anything else has no names', () => {
    const empty = new BytesMemory();
    expect(namesInLedger(empty).size).toBe(0);
    empty.grow(1);
    expect(namesInLedger(empty).size).toBe(0);
    empty.write(at(0, 0), encodeHeader(0xffff_ffff));
    expect(namesInLedger(empty).size).toBe(0);
  });
  property.prop([fc.uint8Array({ minLength: 8, maxLength: 400, size: 'max' })])('it never throws', (bytes) => {
    const memory = new BytesMemory();
    memory.grow(1);
    memory.write(at(0, 0), bytes);
    memory.write(at(0, 0), encodeHeader(bytes.length));
    namesInLedger(memory);
  });
});

describe('CBOR as a tree', () => {
  property.prop([fc.array(fc.nat(255)), fc.string(), fc.uint8Array()])('has what was written', (numbers, text, bytes) => {
    const tree = readCborTree(Uint8Array.from(encode({ numbers, text, bytes: Buffer.from(bytes) })))?.tree;
    expect(cborBytes(cborField(tree, 'numbers'))).toEqual(Uint8Array.from(numbers));
    expect(cborBytes(cborField(tree, 'bytes'))).toEqual(bytes);
    expect(cborField(tree, 'text')).toBe(text);
  });
  test('indefinite lengths', () => {
    const tree = readCborTree(Uint8Array.of(0xbf, 0x61, 0x61, 0x9f, 1, 2, 0xff, 0xff))?.tree;
    expect(cborField(tree, 'a')).toEqual([1, 2]);
  });
  test.each([[[0x9b, 1, 0, 0, 0, 0, 0, 0, 0, 1]], [[0x5b, 255, 255, 255, 255, 255, 255, 255, 255]], [[0xff]], [[0x1c]], [[]]])(
    '%j is damaged',
    (bytes) => expect(readCborTree(Uint8Array.from(bytes))).toBeUndefined(),
  );
  test('a value that is nested too deeply is not read', () =>
    expect(readCborTree(new Uint8Array(100_000).fill(0x81))).toBeUndefined());
  property.prop([fc.uint8Array()])('it never throws', (bytes) => void readCborTree(bytes));
});
