import { Refusal } from './refusal.ts';

/** The bytes of the types of values. */
export const TYPE = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b, funcref: 0x70, externref: 0x6f } as const;

/** The types of values that JavaScript can read and write. */
export type HostType = 'i32' | 'i64' | 'f32' | 'f64' | 'funcref' | 'externref';

const HOST_TYPES: ReadonlyMap<number, HostType> = new Map([
  [TYPE.i32, 'i32'],
  [TYPE.i64, 'i64'],
  [TYPE.f32, 'f32'],
  [TYPE.f64, 'f64'],
  [TYPE.funcref, 'funcref'],
  [TYPE.externref, 'externref'],
]);

/** @throws {Refusal} if JavaScript cannot read such a global. */
export function hostTypeOf(type: number): HostType {
  const known = HOST_TYPES.get(type);
  if (known) return known;
  if (type === TYPE.v128) {
    throw new Refusal('The module cannot be instrumented: it has a mutable global of type v128, which JavaScript cannot read.');
  }
  throw new Refusal(`The module cannot be instrumented: it has a mutable global of an unknown type (0x${type.toString(16)}).`);
}

/** Returns whether a byte is a type of references. */
export function isReference(type: number): boolean {
  return type === TYPE.funcref || type === TYPE.externref;
}
