/** Images of real Rust canisters, compared with the facts in their sidecars. */

import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { findSpace, findStructure } from '../../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { type EntryLine, entryLines } from '../../../../engine/views/entries.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { spaceRow } from '../../../../engine/views/tree/tree-memories.ts';
import { fixtureNames, sidecar } from '../../../fixtures.ts';
import { opened } from '../opened.ts';

interface Sidecar {
  readonly part?: string;
  readonly entries?: number;
  readonly items?: number;
  readonly sound?: boolean;
  readonly check?: {
    readonly exit?: number;
    readonly findings?: number;
    readonly 'must have'?: readonly string[];
    readonly 'must not have'?: readonly string[];
  };
  readonly expect?:
    | string
    | { readonly 'value codec'?: string; readonly 'first keys'?: readonly (readonly (string | number)[])[] };
}

function linesOf(name: string, part: string): readonly EntryLine[] {
  const snapshot = opened(name);
  const placed = findStructure(snapshot, part);
  if (placed === undefined) throw new Error(`${name} has no structure ${part}.`);
  const lines = entryLines(snapshot, placed, { from: 0, limit: Number.POSITIVE_INFINITY }, new Budget());
  return [...lines].flatMap((line) => ('incomplete' in line ? [] : [line]));
}

function rowOfSpace(snapshot: Snapshot, part: string) {
  const space = findSpace(snapshot, part);
  if (space === undefined) throw new Error(`There is no ${part}.`);
  return spaceRow(snapshot, space);
}

describe.each(fixtureNames('field-rust'))('%s', (name) => {
  const { part, entries, items, sound, check, expect: expected } = sidecar<Sidecar>(name);
  test('check', () => {
    const { findings } = scanImage(opened(name));
    const codes = findings.map((finding) => finding.code);
    for (const code of check?.['must have'] ?? []) expect(codes).toContain(code);
    for (const code of check?.['must not have'] ?? []) expect(codes).not.toContain(code);
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors.length > 0 ? 1 : 0).toBe(check?.exit ?? 0);
    if (check?.findings !== undefined) expect(findings).toHaveLength(check.findings);
    if (sound === true) expect(findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
  });

  if (part !== undefined && typeof expected === 'string')
    test('content', () => {
      const snapshot = opened(name);
      const { unread } = inspectReport(snapshot, scanImage(snapshot));
      expect(unread?.find((one) => one.part === part)?.content).toBe(expected);
      expect(rowOfSpace(snapshot, part).description).toContain(expected);
    });

  const count = entries ?? items;
  if (part !== undefined && count !== undefined)
    test('entries', () => {
      expect(linesOf(name, part)).toHaveLength(count);
    });

  const keys = typeof expected === 'object' ? expected['first keys'] : undefined;
  if (part !== undefined && keys !== undefined)
    test('keys', () => {
      const texts = linesOf(name, part).map(({ keyText }) => keyText);
      expect(texts.slice(0, keys.length)).toEqual(keys.map((members) => `(${members.join(', ')})`));
    });

  const codec = typeof expected === 'object' ? expected['value codec']?.toLowerCase() : undefined;
  if (part !== undefined && codec !== undefined)
    test('values', () => {
      const read = linesOf(name, part).filter(({ size }) => size !== 0);
      expect(read.length).toBeGreaterThan(0);
      for (const { valueCodec } of read) expect(valueCodec).toBe(codec);
    });
});

describe('values', () => {
  const values = (name: string) => linesOf(name, sidecar<Sidecar>(name).part ?? '');

  test('items of several major types are an enum that serde wrote', () => {
    const texts = values('k2-cbor-enum-unit-variants').map(({ valueText }) => valueText);
    expect(texts).toContain('"Idle"');
    expect(texts).toContainEqual(expect.stringMatching(/^\{"Running": \{"since": 1764374400000000001, /));
    const options = values('k2b-cbor-option-struct');
    for (const { index, valueText } of options) expect(valueText).toMatch(index % 4 === 3 ? /^null$/ : /^\{.*\}$/);
  });

  test('a value is shown with its zero padding', () => {
    for (const { valueText, valueCodec, guessed } of values('k4-zero-padded-cbor')) {
      expect(valueCodec).toBe('padded(cbor)');
      expect(valueText).toMatch(/^\{"node": \d+, .*\}, then \d+ zeros?$/);
      expect(guessed).toBe(true);
    }
  });

  test('a version before a value is shown with it', () => {
    for (const { valueText, valueCodec } of values('k8-version-byte-cbor')) {
      expect(valueCodec).toBe('prefixed(1, cbor)');
      expect(valueText).toMatch(/^byte 1, then \{"id": \d+, .*\}$/);
    }
  });

  test('values of two encodings are each read in their own', () => {
    const codecs = values('k8b-candid-then-cbor').map(({ valueCodec }) => valueCodec);
    expect(codecs).toEqual([...Array(12).fill('candid'), ...Array(28).fill('cbor')]);
  });

  test('a MessagePack value is decoded into its fields', () => {
    expect(values('k5-messagepack-named')[0]?.valueText).toMatch(/^\{"id": 0, "title": "\w+", "tags": \[\], "price": \d+\}$/);
  });

  test('a long value is read whole', () => {
    const [value] = values('k3-great-candid-cell');
    expect(value?.valueText?.match(/record \{ 4846783 = /g)).toHaveLength(900);
  });

  test('entries without bytes are empty', () => {
    const empty = values('k3b-log-with-empty-entries').filter(({ size }) => size === 0);
    expect(empty.map(({ valueText }) => valueText)).toEqual(empty.map(() => ''));
    expect(empty.length).toBeGreaterThan(0);
  });
});
