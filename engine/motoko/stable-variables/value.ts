import type { AddressRange } from '../../core/memory/memory.ts';
import type { CandidField, Primitive } from '../../values/codecs/candid-types.ts';

/** The id of a field or a tag. */
type Label = Pick<CandidField, 'id'>;

/** A value of a stable variable, with the range of its bytes. */
export type StableValue =
  | PlainValue
  | BlobValue
  | OptValue
  | ArrayValue
  | RecordValue
  | VariantValue
  | MutableValue
  | RegionValue
  | SharedValue;

/**
 * A value without items. Integers of all kinds are `bigint`, floats are `number`, and principals and other texts are `string`.
 * Null is undefined.
 */
export interface PlainValue extends AddressRange {
  readonly kind: 'plain';
  readonly type: Primitive | 'func' | 'service';
  readonly value: bigint | number | boolean | string | undefined;
}

interface BlobValue extends AddressRange {
  readonly kind: 'blob';
  readonly bytes: Uint8Array;
}

/** An option, with one item or none. */
export interface OptValue extends AddressRange {
  readonly kind: 'opt';
  readonly items: readonly StableValue[];
}

export interface ArrayValue extends AddressRange {
  readonly kind: 'array';
  readonly items: readonly StableValue[];
}

/** An object or a tuple. The items are the values of the fields. */
export interface RecordValue extends AddressRange {
  readonly kind: 'record';
  readonly fields: readonly Label[];
  readonly items: readonly StableValue[];
}

/** A variant, with one item: the tag's argument. */
export interface VariantValue extends AddressRange {
  readonly kind: 'variant';
  readonly tag: Label;
  readonly items: readonly StableValue[];
}

/** A mutable array, or the content of a mutable field, which several values can share. It has one item. */
export interface MutableValue extends AddressRange {
  readonly kind: 'mutable';
  readonly items: readonly StableValue[];
}

export interface RegionValue extends AddressRange {
  readonly kind: 'region';
  readonly id: bigint;
  readonly pages: number;
  /** The numbers of the region manager's blocks, in order. */
  readonly blocks: readonly number[];
}

/** A reference to a value that was written before. */
export interface SharedValue extends AddressRange {
  readonly kind: 'shared';
  readonly target: MutableValue | RegionValue;
}

/** Maximum mutable layers around a value. There is rarely more than one, but damage can make a ring of them. */
const MAX_LAYERS = 16;

/** Returns the value inside mutable and shared values. */
export function contentOf(value: StableValue | undefined): StableValue | undefined {
  let content = value;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (content?.kind === 'mutable') content = content.items[0];
    else if (content?.kind === 'shared') content = content.target;
    else return content;
  }
  return undefined;
}

/** Returns a field of a record by its hash, or an item of a tuple by its index, unwrapped like `contentOf`. */
export function fieldOf(value: StableValue | undefined, id: number): StableValue | undefined {
  const record = contentOf(value);
  if (record?.kind !== 'record') return undefined;
  return contentOf(record.items[record.fields.findIndex((field) => field.id === id)]);
}

/** Returns a whole number that is not negative and fits into a safe `number`, or undefined. */
export function countOf(value: StableValue | undefined): number | undefined {
  const content = contentOf(value);
  if (content?.kind !== 'plain' || typeof content.value !== 'bigint') return undefined;
  const count = Number(content.value);
  return count >= 0 && Number.isSafeInteger(count) ? count : undefined;
}

/** Returns the items of an array, unwrapped like `contentOf`. */
export function itemsOf(value: StableValue | undefined): readonly StableValue[] {
  const content = contentOf(value);
  return content?.kind === 'array' ? content.items : [];
}
