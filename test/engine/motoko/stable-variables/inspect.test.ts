import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { toHex } from '../../../../engine/core/format.ts';
import { type AddressRange, at, byteLength, type ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import { inspectMotokoImage } from '../../../../engine/motoko/image.ts';
import {
  type ReadingOptions,
  readStableVariables,
  type StableVariables,
} from '../../../../engine/motoko/stable-variables/inspect.ts';
import { allocatorsIn } from '../../../../engine/motoko/stable-variables/memory-regions.ts';
import { idOf, namesIn } from '../../../../engine/motoko/stable-variables/names.ts';
import { contentOf, type StableValue } from '../../../../engine/motoko/stable-variables/value.ts';
import type { FieldNames } from '../../../../engine/values/codecs/candid.ts';
import { sidecar } from '../../../fixtures.ts';
import { imageOnce, line, memoryOf, patched } from '../patched.ts';

type Pairs = readonly (readonly [address: number, size: number])[];
type Info = { readonly pages: number; readonly size: number; readonly deallocated: number };

interface Sidecar {
  readonly expect: {
    readonly stableSignature?: string;
    readonly stableVars?: { readonly stableSignature?: string };
    readonly values?: Readonly<Record<string, unknown>>;
    readonly dataOffset?: number;
    readonly dataLength?: number;
    readonly info?: Info;
    readonly free?: readonly { readonly address: number; readonly size: number }[];
    readonly pointersInfo?: Info;
    readonly blobsInfo?: Info;
    readonly freePointers?: Pairs;
    readonly freeBlobs?: Pairs;
  };
}

const NAMES = [
  'stablevars-classical-preupgrade',
  'memory-region-churn-classical-preupgrade',
  'memory-region-churn-v0-classical-preupgrade',
  'memory-buffer-classical-preupgrade',
  'esm-no-regions-cls-preupgrade',
] as const;

function spanOf(image: ReadableMemory): AddressRange {
  const found = inspectMotokoImage(image, () => {});
  const span = found?.kind === 'motoko-stable-variables' ? found.data : found?.trailer?.data;
  if (!span) throw new Error('The image has no stable variables.');
  return span;
}

function read(image: ReadableMemory, span: AddressRange, options?: ReadingOptions) {
  const findings: Finding[] = [];
  return { ...readStableVariables(image, span, (finding) => findings.push(finding), options), findings };
}

const readFixture = (name: string) => {
  const { stableSignature, stableVars } = sidecar<Sidecar>(name).expect;
  const image = imageOnce(name);
  return read(image, spanOf(image), { names: namesIn(stableSignature ?? stableVars?.stableSignature ?? '') });
};

/** Returns a value as plain data, without its representation. */
function plain(value: StableValue | undefined, names: FieldNames): unknown {
  const content = contentOf(value);
  const all = (items: readonly StableValue[]) => items.map((item) => plain(item, names));
  switch (content?.kind) {
    case 'plain':
      return typeof content.value === 'bigint' ? String(content.value) : (content.value ?? null);
    case 'blob':
      return toHex(content.bytes);
    case 'opt':
      return content.items.length === 0 ? null : all(content.items)[0];
    case 'array':
      return all(content.items);
    case 'record': {
      const items = all(content.items);
      const isTuple = content.fields.every(({ id }, index) => id === index);
      return isTuple ? items : Object.fromEntries(content.fields.map(({ id }, index) => [names.get(id) ?? id, items[index]]));
    }
    case 'variant': {
      const argument = plain(content.items[0], names);
      return `#${names.get(content.tag.id)}${argument === null ? '' : ` ${argument}`}`;
    }
    default:
      return undefined;
  }
}

const saying = ({ variables, names }: StableVariables) =>
  Object.fromEntries(variables.map(({ name, value }) => [name, plain(value, names)]));

test('variables of many types have the values that the program kept in them', () => {
  const read = readFixture('stablevars-classical-preupgrade');
  const { counter, big, signed, users, marr, opt, list, rec, title, flag, pi, blobHex, owner } =
    sidecar<Sidecar>('stablevars-classical-preupgrade').expect.values ?? {};
  expect(saying(read)).toEqual({
    ...{ counter, big, signed, users, marr, opt, list, rec, title, flag, pi, owner },
    blob: blobHex,
    n8: '200',
    i16: '-300',
    n64: String(0x0123456789abcdefn),
    ch: String('✓'.codePointAt(0)),
  });
});

describe.each(NAMES)('%s', (name) => {
  const image = imageOnce(name);
  const span = spanOf(image);

  test('is read to its end, with nothing wrong', () => {
    const { findings, cutShort, variables } = readFixture(name);
    expect([findings, cutShort]).toEqual([[], undefined]);
    expect(variables.length).toBeGreaterThan(0);
    const { stableSignature, stableVars } = sidecar<Sidecar>(name).expect;
    const signature = stableSignature ?? stableVars?.stableSignature;
    if (signature === undefined) return;
    const declared = [...signature.matchAll(/^ {2}stable (?:var )?(\w+) :/gm)].map(([, variable]) => variable);
    expect(variables.map((variable) => variable.name).sort()).toEqual(declared.sort());
  });

  test('every value is inside the one that holds it, after the one before', () => {
    const open = readFixture(name).variables.flatMap(({ value }) => value ?? []);
    const astray: StableValue[] = [];
    for (let value = open.pop(); value; value = open.pop()) {
      if (value.start < span.start || value.start + value.length > span.start + span.length) astray.push(value);
      if (!('items' in value)) continue;
      let end: number = value.start;
      for (const item of value.items) {
        if (item.start < end) astray.push(item);
        end = item.start + item.length;
      }
      if (end > value.start + value.length) astray.push(value);
      open.push(...value.items);
    }
    expect(astray).toEqual([]);
  });

  test.each([
    ['the magic', 0, 0],
    ['the count of types', 4, 0xff],
    ['a type', 5, 0x7e],
  ])('%s is damaged', (_, place, byte) => {
    const { findings } = read(patched(name, { [span.start + place]: [byte] }), span);
    expect(findings.map(line)).toEqual([`stable-variables.undecodable @${span.start}+${span.length}`]);
  });

  test('bytes are missing, or too many', () => {
    for (const length of [0, 3, 4, span.length >>> 1, span.length - 1, span.length + 1]) {
      const cut = { start: span.start, length };
      expect(read(image, cut).findings.map(line)).toEqual([`stable-variables.undecodable @${span.start}+${length}`]);
    }
  });

  test('a budget ends the reading, without a finding', () => {
    const { findings, cutShort } = read(image, span, { budget: new Budget({ steps: 3 }) });
    expect([findings, cutShort]).toEqual([[], 'The limit of steps was reached.']);
  });

  law.prop([fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 6 })], { numRuns: 25 })(
    'whatever the bytes are, it ends without throwing',
    (place, bytes) => {
      const damaged = patched(name, { [span.start + (place % span.length)]: [...bytes] });
      const found = read(damaged, span, { budget: new Budget({ steps: 100_000 }) });
      for (const { at: where } of found.findings) expect(where).toEqual(span);
      allocatorsIn(found);
    },
  );
});

describe('the allocator state of MemoryRegion', () => {
  const allocatorOf = (name: string) =>
    allocatorsIn(readFixture(name)).allocators.map(({ at: _, ...allocator }) => ({
      ...allocator,
      free: allocator.free.map(({ start, length }) => [start, length]),
    }));

  test.each([
    ['memory-region-churn-classical-preupgrade', 1],
    ['memory-region-churn-v0-classical-preupgrade', 0],
  ])('%s', (name, version) => {
    const { info, free = [] } = sidecar<Sidecar>(name).expect;
    expect(allocatorOf(name)).toEqual([
      {
        source: 'stable-variables',
        regionId: 16n,
        regionPages: info?.pages,
        path: 'mr',
        version,
        size: info?.size,
        deallocated: info?.deallocated,
        pages: info?.pages,
        free: free.map((block) => [block.address, block.size]),
      },
    ]);
  });

  test('both regions of a MemoryBuffer', () => {
    const { pointersInfo, blobsInfo, freePointers, freeBlobs } = sidecar<Sidecar>('memory-buffer-classical-preupgrade').expect;
    const part = (info: Info | undefined) => ({
      source: 'stable-variables',
      size: info?.size,
      deallocated: info?.deallocated,
      pages: info?.pages,
      regionPages: info?.pages,
    });
    const allocator = allocatorOf('memory-buffer-classical-preupgrade').sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(allocator).toEqual([
      { regionId: 17n, path: 'mb.blobs', version: 1, ...part(blobsInfo), free: freeBlobs },
      { regionId: 16n, path: 'mb.pointers', version: 1, ...part(pointersInfo), free: freePointers },
    ]);
  });

  test('without the program’s own names, hashes are used', () => {
    const image = imageOnce('memory-region-churn-classical-preupgrade');
    const [allocator] = allocatorsIn(read(image, spanOf(image))).allocators;
    expect(allocator?.path).toBe(String(idOf('mr')));
  });

  test('none if there is no MemoryRegion', () => {
    expect(allocatorOf('stablevars-classical-preupgrade')).toEqual([]);
  });
});

/** `DIDL`, a type table and values, at address 0. */
function readBytesOf(...bytes: number[]) {
  const image = memoryOf(1, { 0: [...[...'DIDL'].map((letter) => letter.charCodeAt(0)), ...bytes] });
  return read(image, { start: at(0, 0), length: 4 + bytes.length });
}

describe('rare bytes', () => {
  const problemOf = ({ findings }: ReturnType<typeof readBytesOf>) =>
    findings.map(({ message }) => message.replace(/^.*traps\. /, ''));
  const scratch = [0, 0, 0, 0, 0, 0, 0, 0];

  test('a mutable value that holds itself', () => {
    // 0: alias of 0; 1: record { 0: alias }
    const found = readBytesOf(2, 1, 0, 0x6c, 1, 0, 0, 1, 1, 0, ...scratch, 1, 0xf7, 0xff, 0xff, 0xff);
    expect(problemOf(found)).toEqual([]);
    expect(contentOf(found.variables[0]?.value)).toBeUndefined();
    expect(allocatorsIn(found)).toEqual({ allocators: [], buffers: [], reached: new Set() });
  });

  test('a record that holds only itself', () => {
    expect(problemOf(readBytesOf(1, 0x6c, 1, 0, 0, 1, 0))).toEqual([
      expect.stringContaining('There are too many values for so few bytes.'),
    ]);
  });

  test('a billion nulls', () => {
    const found = readBytesOf(2, 0x6d, 0x7f, 0x6c, 1, 0, 0, 1, 1, 0x80, 0x94, 0xeb, 0xdc, 3);
    expect(problemOf(found)).toEqual([expect.stringContaining('There are too many values for so few bytes.')]);
  });

  test('a reference to a missing value', () => {
    const found = readBytesOf(2, 1, 0x7d, 0x6c, 1, 0, 0, 1, 1, 1, 5, 0, 0, 0);
    expect(problemOf(found)).toEqual([expect.stringContaining('A reference points to an earlier value')]);
  });

  test('a region', () => {
    const found = readBytesOf(
      1,
      0x6c,
      1,
      0,
      0x80,
      0x7f,
      1,
      0,
      0,
      ...scratch,
      16,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      130,
      0,
      0,
      0,
      4,
      1,
      0,
      5,
      0,
    );
    expect(problemOf(found)).toEqual([]);
    expect(found.variables[0]?.value).toMatchObject({ kind: 'region', id: 16n, pages: 130, blocks: [1, 5] });
  });

  test('a missing type', () => {
    expect(problemOf(readBytesOf(1, 0x6c, 1, 0, 9, 1, 0))).toEqual([
      expect.stringContaining('The type 9 is not in the type table.'),
    ]);
  });

  test('two arguments', () => {
    expect(problemOf(readBytesOf(0, 2, 0x7d, 0x7d, 1, 2))).toEqual([
      expect.stringContaining('There must be exactly one argument.'),
    ]);
  });
});

law.prop([fc.uint8Array({ maxLength: 300 })])('any bytes after the magic are survived', (bytes) => {
  const found = readBytesOf(...bytes);
  allocatorsIn(found);
  expect(found.findings.length).toBeLessThanOrEqual(1);
});

test('more than is held in memory is read in part, which is reported', () => {
  const image = imageOnce('memory-region-churn-classical-preupgrade');
  const span = spanOf(image);
  const huge: ReadableMemory = {
    pages: 2 ** 20,
    read(from, into) {
      const inside = Math.max(0, Math.min(into.length, byteLength(image) - from));
      image.read(from, into.subarray(0, inside));
    },
  };
  const { findings, cutShort, variables } = read(huge, { start: span.start, length: 2 ** 32 });
  expect(findings).toEqual([]);
  expect(cutShort).toContain('have 4 GiB. Only the first 64 MiB');
  expect(variables.length).toBe(4);
});
