import { expect, test } from 'vitest';
import { formatPrincipal, principalClass } from '../../../../engine/values/codecs/principal.ts';
import { codec, expectBoth, hex, hexOf, textOf } from '../decoding.ts';

test.each([
  ['u8', 'ff', '255'],
  ['i8', 'ff', '-1'],
  ['u16-be', '0102', '258'],
  ['u16-le', '0102', '513'],
  ['i16-le', '00ff', '-256'],
  ['u32-be', 'ffffffff', '4294967295'],
  ['i32-be', '80000000', '-2147483648'],
  ['u64-be', '00000000000003e8', '1000'],
  ['u64-le', 'e803000000000000', '1000'],
  ['i64-be', 'ffffffffffffffff', '-1'],
  ['u128-be', '000000000000000100000000000000ff', '18446744073709551871'],
  ['u128-le', 'ff000000000000000100000000000000', '18446744073709551871'],
  ['f64-be', '404e300000000000', '60.375'],
  ['f64-le', '0000000000304e40', '60.375'],
  ['f64-be', '8000000000000000', '-0'],
  ['f64-be', '7ff8000000000000', 'NaN'],
  ['f64-be', 'fff0000000000000', '-Infinity'],
  ['f32-be', '3dcccccd', '0.1'],
  ['f32-le', 'cdcccc3d', '0.1'],
  ['bool', '01', 'true'],
  ['bool', '00', 'false'],
  ['text', '68c3a96c6c6f20e29c93', 'héllo ✓'],
  ['text', 'efbbbf61', '\ufeffa'],
  ['text', '', ''],
  ['bytes', '00ff', '00ff'],
  ['json', '7b2261223a5b315d7d', '{"a":[1]}'],
  ['principal', '', 'aaaaa-aa'],
  ['principal', '04', '2vxsx-fae'],
  ['principal', '00000000000000010101', 'rrkah-fqaaa-aaaaa-aaaaq-cai'],
  ['principal', '00000000003000d30101', 'un4fu-tqaaa-aaaab-qadjq-cai'],
])('%s: %s is %s', (name, digits, text) => expectBoth(name, digits, text));

test.each([
  ['u16-be', '00'],
  ['u64-be', '000000000000000000'],
  ['bool', '02'],
  ['bool', ''],
  ['text', 'ff'],
  ['text', 'c3'],
  ['text', 'eda080'],
  ['json', '7b'],
  ['json', ''],
  ['principal', '00'.repeat(30)],
  ['f32-be', '00'],
])('%s: %j is none', (name, digits) => expect(textOf(name, digits)).toBeUndefined());

test.each([
  ['u8', '256'],
  ['u8', '-1'],
  ['i8', '128'],
  ['u64-be', '1e3'],
  ['u64-be', ''],
  ['u64-be', ' 1'],
  ['f64-be', 'one'],
  ['f64-be', ''],
  ['bool', 'yes'],
  ['bytes', 'abc'],
  ['json', '{'],
  ['principal', '2vxsx-fab'],
  ['principal', '2vxsxfae'],
  ['principal', ''],
  ['principal', 'rrkah-fqaaa-aaaaa-aaaaq-cal'],
])('%s: %j cannot be written', (name, text) => expect(hexOf(name, text)).toBeUndefined());

test.each([
  ['management canister', ''],
  ['anonymous', '04'],
  ['canister', '00000000003000d30101'],
  ['self-authenticating', `${'ab'.repeat(28)}02`],
  ['other', '0102'],
])('the class of a principal: %s', (kind, digits) => expect(principalClass(hex(digits))).toBe(kind));

test('a long principal has groups of five letters', () => {
  expect(formatPrincipal(hex(`${'ab'.repeat(28)}02`))).toMatch(/^([a-z2-7]{5}-){10}[a-z2-7]{3}$/);
});

test.each([
  ['u16-le', '0100', '0001', -1],
  ['i8', 'ff', '00', -1],
  ['principal', '04', '00000000003000d30101', -1],
  ['text', '6161', '62', -1],
  ['bytes', '00', '', 1],
])('the order of %s: %s and %s', (name, a, b, order) => {
  expect(Math.sign(codec(name).compare?.(hex(a), hex(b)) ?? Number.NaN)).toBe(order);
});
