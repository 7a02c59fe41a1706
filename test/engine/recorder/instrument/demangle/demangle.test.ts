/**
 * Symbols that `rustc` 1.95 made, and the names that they have in the source. The constants of structures are from the tests of the
 * crate `rustc-demangle`.
 */
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { demangle } from '../../../../../engine/recorder/instrument/demangle/demangle.ts';

describe('v0', () => {
  test.each([
    ['_RNvCsh537bOAIRKx_3lib1f', 'lib::f'],
    ['_RNvCsh537bOAIRKx_3libu9gre_6ka8i', 'lib::größe'],
    ['_RNCNvCsh537bOAIRKx_3lib5entry0B3_', 'lib::entry::{closure#0}'],
    ['_RNCNCNvCsh537bOAIRKx_3lib5entry00B5_', 'lib::entry::{closure#0}::{closure#0}'],
    ['_RNCNvCsh537bOAIRKx_3lib5entrys0_0B3_', 'lib::entry::{closure#2}'],
    [
      '_RNSNvYNCNvCsh537bOAIRKx_3lib5entry0INtNtNtCsgEmfK2I1SDS_4core3ops8function6FnOnceTRmEE9call_once6vtableB8_',
      '<lib::entry::{closure#0} as core::ops::function::FnOnce<(&u32,)>>::call_once::{shim:vtable#0}',
    ],
    ['_RNvMNtCsgEmfK2I1SDS_4core5sliceSm4iterCsh537bOAIRKx_3lib', '<[u32]>::iter'],
    ['_RNCNvMs_NtCsh537bOAIRKx_3lib5innerINtB6_3GenmKj3_E3own0B8_', '<lib::inner::Gen<u32, 3>>::own::{closure#0}'],
    ['_RNvMs0_NtCsh537bOAIRKx_3lib5innerINtB5_1BKb1_Kcdf_Kln5_E1bB7_', "<lib::inner::B<true, 'ß', -5>>::b"],
    ['_RNvMs0_NtCsh537bOAIRKx_3lib5innerINtB5_1BKb0_Kc27_Kl5_E1bB7_', "<lib::inner::B<false, '\\'', 5>>::b"],
    ['_RINvCsh537bOAIRKx_3lib7genericThxRecdfuEEB2_', 'lib::generic::<(u8, i64, &str, char, f64, f32, ())>'],
    ['_RINvCsh537bOAIRKx_3lib4ptrsTijasAAhj4_j2_ThEEEB2_', 'lib::ptrs::<(isize, usize, i8, i16, [[u8; 4]; 2], (u8,))>'],
    ['_RINvCsh537bOAIRKx_3lib4ptrsFG0_RL1_mQL0_eEbEB2_', "lib::ptrs::<for<'a, 'b> fn(&'a u32, &'b mut str) -> bool>"],
    ['_RINvCsh537bOAIRKx_3lib4ptrsFUKCPhOnEuEB2_', 'lib::ptrs::<unsafe extern "C" fn(*const u8, *mut i128)>'],
    ['_RINvCsh537bOAIRKx_3lib4ptrsFK8C_unwindoEzEB2_', 'lib::ptrs::<extern "C-unwind" fn(u128) -> !>'],
    [
      '_RINvCsh537bOAIRKx_3lib4ptrsRDG_INtNtNtCsgEmfK2I1SDS_4core3ops8function2FnTRL0_mRL0_StEEp6OutputRL0_mEL_EB2_',
      "lib::ptrs::<&dyn for<'a> core::ops::function::Fn<(&'a u32, &'a [u16]), Output = &'a u32>>",
    ],
    [
      '_RINvCsh537bOAIRKx_3lib4ptrsRDNtNtCsgEmfK2I1SDS_4core3fmt7DisplayNtNtBv_6marker4SendEL_EB2_',
      'lib::ptrs::<&dyn core::fmt::Display + core::marker::Send>',
    ],
    [
      '_RINvXs_NvMNtCslNYArtu3iFV_5alloc5sliceSp9to_vec_inhNtB5_10ConvertVec6to_vecNtNtBa_5alloc6GlobalECsh537bOAIRKx_3lib',
      '<u8 as <[_]>::to_vec_in::ConvertVec>::to_vec::<alloc::alloc::Global>',
    ],
    ['_RNvMs_C1aNtC1a1B1c.llvm.0123456789ABCDEF', '<a::B>::c'],
    ['_RNvC1a1b.part.1', 'a::b.part.1'],
    ['__RNvC1a1b', 'a::b'],
  ])('%s', (symbol, name) => expect(demangle(symbol)).toBe(name));

  test.each([
    ['e616263_', '{*"abc"}'],
    ['e27090a_', String.raw`{*"'\t\n"}`],
    ['ee28882c3bc_', '{*"∂ü"}'],
    ['Re616263_', '"abc"'],
    ['RAh1_h2_E', '{&[1, 2]}'],
    ['Qj1_', '{&mut 1}'],
    ['TE', '{()}'],
    ['Tj1_E', '{(1,)}'],
    ['VNvINtNtC4core6option6OptionjE4NoneU', '{core::option::Option::<usize>::None}'],
    ['VNvINtNtC4core6option6OptionjE4SomeTj0_E', '{core::option::Option::<usize>::Some(0)}'],
    ['VNtC3foo3BarS1sRe616263_2chc78_5sliceRAj1_j2_j3_EE', `{foo::Bar { s: "abc", ch: 'x', slice: &[1, 2, 3] }}`],
    ['jffffffffffffffff_', '18446744073709551615'],
    ['o1ffffffffffffffff_', '0x1ffffffffffffffff'],
    ['p', '_'],
  ])('constant %s', (constant, text) => expect(demangle(`_RIC1aK${constant}E`)).toBe(`a::<${text}>`));

  test.each([
    '_R',
    '_RNvC1a',
    '_RNvC9a1b',
    'RNvC1a1b',
    '_RNvC1a1bZ',
    '_RB_',
    '_RNvB0_1a',
    '_RIC1aKb2_E',
    '_RIC1aRL1_hE',
    '_RNvC1au3a_b',
    '_RIC1aKcffffff_E',
  ])('%s is not one', (symbol) => expect(demangle(symbol)).toBe(symbol));

  /** Enough for any name of a function. */
  const LONG = 20_000;

  test('references that repeat each other, and depth, do not make endless names', () => {
    const doubling = Array.from({ length: 30 }, (_, index) => `TB${index === 0 ? '' : index}_B_E`).join('');
    const long = `_RIC1aTR10000_${'x'.repeat(10_000)}${'B9_'.repeat(30_000)}EE`;
    const binders = `_RIC1aT${'FGzz_Eu'.repeat(10_000)}EE`;
    const symbols = [
      long,
      binders,
      `_RNvC1au9999_${'a'.repeat(9999)}`,
      `_ZN${'E.'.repeat(50_000)}-`,
      `_RIC1aT${doubling}EE`,
      `_RIC1a${'R'.repeat(100_000)}hE`,
      `_RIC1a${'TRhBb_Bb_'.repeat(1000)}E`,
    ];
    for (const symbol of symbols) expect(demangle(symbol).length).toBeLessThanOrEqual(Math.max(symbol.length, LONG));
  });

  law.prop([fc.stringMatching(/^_R[A-Z][A-Za-z0-9_]{0,60}$/)])('nothing throws', (symbol) => {
    expect(typeof demangle(symbol)).toBe('string');
  });
});

describe('legacy', () => {
  test.each([
    ['_ZN3lib13gr$uf6$$udf$e17h2c770cbc4c3f4318E', 'lib::größe'],
    ['_ZN3lib5inner16Gen$LT$T$C$_$GT$3own17h4ed68e47a7b880d6E', 'lib::inner::Gen<T,_>::own'],
    [
      '_ZN3lib5inner16Gen$LT$T$C$_$GT$3own28_$u7b$$u7b$closure$u7d$$u7d$17hcd2db2cb60d64104E',
      'lib::inner::Gen<T,_>::own::{{closure}}',
    ],
    ['_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17h0fbb6420d1c0b80cE', '<&T as core::fmt::Debug>::fmt'],
    [
      '_ZN101_$LT$core..iter..sources..empty..Empty$LT$T$GT$$u20$as$u20$core..iter..traits..iterator..Iterator$GT$4next17hc51755ff7e3b20e2E',
      '<core::iter::sources::empty::Empty<T> as core::iter::traits::iterator::Iterator>::next',
    ],
    ['_ZN3lib1f17h0123456789abcdefE.llvm.12345', 'lib::f'],
    ['core::fmt::Formatter::pad::h0123456789abcdef', 'core::fmt::Formatter::pad'],
  ])('%s', (symbol, name) => expect(demangle(symbol)).toBe(name));

  test.each([
    '_ZN3foo3barEv',
    '_ZN3foo3barE',
    '_ZN3lib1f17h0123456789abcdef',
    '_ZN9lib17h0123456789abcdefE',
    'ic0::trap',
    '',
    '_ZN',
  ])('%s is not one', (symbol) => expect(demangle(symbol)).toBe(symbol));
});
