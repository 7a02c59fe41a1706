import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { BTreeMap, type StoredType } from '../../../../engine/rust/btree/operate.ts';
import type { Codec } from '../../../../engine/values/codec.ts';
import { arrayCodec, blobCodec, pairCodec, reverseCodec, tripleCodec } from '../../../../engine/values/codecs/storable.ts';
import { codecOf as codecNamed } from '../../../../engine/values/codecs.ts';
import { image, sidecar } from '../../../fixtures.ts';
import { type Bound, type Sidecar, type SidecarStructure, SOUND } from '../sidecar.ts';
import { allElements, digestOf, findingsOf, memoryOf } from '../structures.ts';

const MAPS = SOUND.flatMap((name) =>
  sidecar<Sidecar>(name)
    .structures.filter(({ kind }) => kind === 'btreemap' || kind === 'btreeset')
    .map((structure, index) => ({ name, index, structure })),
);

/** Returns the codec of a type as users of the library write it. */
function codecOf(type: string): Codec {
  const [, name = type, inside = ''] = /^(\w*)[<(](.*)[>)]$/.exec(type) ?? [];
  const array = /^\[u8;(\d+)\]$/.exec(type);
  const known: Record<string, string> = { String: 'text', Principal: 'principal', bytes: 'bytes', u8: 'u8' };
  let codec: Codec | undefined;
  if (array) codec = arrayCodec(Number(array[1]));
  else if (name === 'Blob') codec = blobCodec(Number(inside));
  else if (name === 'Reverse') codec = reverseCodec(codecOf(inside));
  else if (name === '') {
    const [a, b, c] = members(inside).map(codecOf);
    if (a && b) codec = c ? tripleCodec(a, b, c) : pairCodec(a, b);
  } else codec = codecNamed(known[type] ?? `${type}-be`);
  if (!codec) throw new Error(`No codec is known for ${type}.`);
  return codec;
}

/** Splits at the commas outside brackets. */
function members(inside: string): readonly string[] {
  const found = [''];
  let depth = 0;
  for (const letter of inside) {
    if ('(<['.includes(letter)) depth += 1;
    if (')>]'.includes(letter)) depth -= 1;
    if (letter === ',' && depth === 0) found.push('');
    else found.push(`${found.pop()}${letter}`);
  }
  return found;
}

function boundOf(bound: Bound): StoredType {
  return bound.kind === 'bounded' ? { bound: { max: bound.max_size, fixed: bound.fixed } } : {};
}

function copyOf(name: string, structure: SidecarStructure): Memory {
  const memory = memoryOf(image(name), structure.at);
  return BytesMemory.of(readBytes(memory, at(0, 0), byteLength(memory)));
}

/** Returns all entries that the inspection lists, and the number of findings per code. */
function seenIn(memory: Memory) {
  const codes = findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget())).map(({ code }) => code);
  const opened = openBTree(memory, () => {});
  const entries = opened ? allElements(opened) : [];
  const texts = entries.map(({ key, value }) =>
    [key, value].map((run) => Buffer.from(run ? readStored(run) : []).toString('hex')).join(' '),
  );
  return { codes, texts, length: opened?.length };
}

describe.each(MAPS)('$name $index', ({ name, structure }) => {
  const { key, value } = structure;
  if (!key || !value || !('bound' in value)) throw new Error('The sidecar says no types.');
  const types = { key: codecOf(key.type), value: boundOf(value.bound) };

  test('the codec has the bound that the library recorded', () => {
    expect({ bound: undefined, ...types.key }.bound).toEqual({ bound: undefined, ...boundOf(key.bound) }.bound);
  });
  test('has the entries that the library iterates, each under its key', () => {
    const map = BTreeMap.init(copyOf(name, structure), types);
    const entries = [...map.entries()];
    const runs = entries.map((entry) => entry.map((bytes) => runOf(bytes)));
    expect(
      digestOf(
        runs.map(([k, v], index) => ({ index, ...(k && { key: k }), ...(v && { value: v }) })),
        (one) => [one.key, one.value],
      ),
    ).toBe(structure.entries?.digest);
    for (const [one, its] of entries) expect(map.get(one)).toEqual(its);
    expect([...map.entriesBackward()]).toEqual(entries.toReversed());
    expect(map.length).toBe(BigInt(structure.len));
  });
  test('continues: removing, restoring and adding entries leaves an intact map', () => {
    const memory = copyOf(name, structure);
    const before = seenIn(memory);
    const map = BTreeMap.init(memory, types);
    const entries = [...map.entries()];
    const expected = new Map(entries.map(([one, its]) => [Buffer.from(one).toString('hex'), its]));
    entries.forEach(([one, its], index) => {
      const other = entries[(index * 7919) % entries.length] ?? [one, its];
      if (index % 3 === 0) {
        expect(map.remove(other[0])).toEqual(expected.get(Buffer.from(other[0]).toString('hex')));
        expected.delete(Buffer.from(other[0]).toString('hex'));
        expect(map.remove(other[0])).toBeUndefined();
      } else {
        expect(map.insert(one, other[1])).toEqual(expected.get(Buffer.from(one).toString('hex')));
        expected.set(Buffer.from(one).toString('hex'), other[1]);
      }
    });
    const after = seenIn(memory);
    expect(new Set(after.texts)).toEqual(
      new Set([...expected].map(([one, its]) => `${one} ${Buffer.from(its).toString('hex')}`)),
    );
    expect([after.codes, after.length]).toEqual([before.codes, BigInt(expected.size)]);
    while (map.length > 0n) expect(map.length % 2n === 0n ? map.popFirst() : map.popLast()).toBeDefined();
    expect(seenIn(memory)).toEqual({ codes: before.codes, texts: [], length: 0n });
  });
});

function runOf(bytes: Uint8Array) {
  const memory = BytesMemory.of(bytes);
  return { memory, spans: [{ start: at(0, 0), length: bytes.length }], size: bytes.length };
}
