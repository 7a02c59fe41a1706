import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { readCustomSections } from '../../../engine/motoko/custom-sections.ts';
import { namesOfProgram, readModuleTexts } from '../../../engine/motoko/stable-types.ts';
import { idOf } from '../../../engine/motoko/stable-variables/names.ts';
import { moduleWith } from './module.ts';

const STABLE = 'actor {\n  stable var messages_count : Nat;\n  stable type_ : { pages_ : Nat }\n};\n';
const SERVICE = 'service : { "read all": (record { owner : principal; "type" : text }) -> (nat) query }';

const textsOf = (bytes: Uint8Array) => readModuleTexts(new BytesSource(bytes));
const namesOf = (bytes: Uint8Array) => namesOfProgram(textsOf(bytes));

test.each([
  ['of the Internet Computer', 'icp:private motoko:stable-types', 'icp:public candid:service'],
  ['of tests', 'motoko:stable-types', 'candid:service'],
])('sections with names %s', (_, stableTypes, candidService) => {
  const module = moduleWith([stableTypes, STABLE], ['name', 'anything'], [candidService, SERVICE]);
  expect(textsOf(module)).toEqual({ stableTypes: STABLE, candidService: SERVICE });
});

test('names are those of variables, fields and methods in the source', () => {
  const names = namesOf(moduleWith(['icp:private motoko:stable-types', STABLE], ['candid:service', SERVICE]));
  const known = ['messages_count', 'type', 'pages', 'read all', 'owner'].map((name) => names.get(idOf(name)));
  expect(known).toEqual(['messages_count', 'type_', 'pages_', 'read all', 'owner']);
  expect(names.get(idOf('pages_'))).toBe('pages_');
  expect(names.get(idOf('other'))).toBeUndefined();
});

test('a module without such sections has no names', () => expect(namesOf(moduleWith()).size).toBe(0));

test('bytes that are not a module have no names', () => {
  expect(namesOf(new Uint8Array()).size).toBe(0);
  expect(namesOf(new TextEncoder().encode('icp:private motoko:stable-types')).size).toBe(0);
});

test('only the heads of sections and the wanted contents are read', () => {
  const module = moduleWith(['name', 'x'.repeat(100_000)], ['candid:service', SERVICE], ['other', 'y'.repeat(100_000)]);
  let read = 0;
  const source = {
    size: module.length,
    read(offset: number, into: Uint8Array) {
      read += into.length;
      into.set(module.subarray(offset, offset + into.length));
    },
  };
  expect([...readCustomSections(source, (name) => name === 'candid:service').keys()]).toEqual(['candid:service']);
  expect(read).toBeLessThan(3_000);
});

law.prop([fc.nat(200), fc.nat(255), fc.nat(200)])('damage and cuts do not throw', (place, byte, cut) => {
  const module = moduleWith(['icp:private motoko:stable-types', STABLE], ['candid:service', SERVICE]);
  module[place] = byte;
  expect(() => namesOf(module)).not.toThrow();
  expect(() => namesOf(module.subarray(0, cut))).not.toThrow();
});
