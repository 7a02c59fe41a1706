import type { AddressRange } from '../../core/memory/memory.ts';
import type { CandidField, Primitive } from '../../values/codecs/candid-types.ts';

/** A field or a tag: which one it is. */
type Label = Pick<CandidField, 'id'>;

/** A value of a stable variable, with the bytes that say it. */
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

/** Integers of all kinds are `bigint`, floats `number`, principals and what else is said in words `string`. Null says nothing. */
export interface PlainValue extends AddressRange {
  readonly kind: 'plain';
  readonly type: Primitive | 'func' | 'service';
  readonly value: bigint | number | boolean | string | undefined;
}

export interface BlobValue extends AddressRange {
  readonly kind: 'blob';
  readonly bytes: Uint8Array;
}

/** One item, or none. */
export interface OptValue extends AddressRange {
  readonly kind: 'opt';
  readonly items: readonly StableValue[];
}

export interface ArrayValue extends AddressRange {
  readonly kind: 'array';
  readonly items: readonly StableValue[];
}

/** An object, or a tuple. The items are the fields' values. */
export interface RecordValue extends AddressRange {
  readonly kind: 'record';
  readonly fields: readonly Label[];
  readonly items: readonly StableValue[];
}

/** One item: the tag's argument. */
export interface VariantValue extends AddressRange {
  readonly kind: 'variant';
  readonly tag: Label;
  readonly items: readonly StableValue[];
}

/** A mutable array, or the content of a mutable field: something that several can share. One item. */
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

/** The very thing that was written before. */
export interface SharedValue extends AddressRange {
  readonly kind: 'shared';
  readonly target: MutableValue | RegionValue;
}

/** A mutable value is rarely of a type that is mutable itself; damage could make a ring of them. */
const MAX_LAYERS = 16;

/** Returns the value itself, after whatever makes it mutable or shared. */
export function contentOf(value: StableValue | undefined): StableValue | undefined {
  let content = value;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (content?.kind === 'mutable') content = content.items[0];
    else if (content?.kind === 'shared') content = content.target;
    else return content;
  }
  return undefined;
}

/** Returns a field of a record, by its hash, or the item of a tuple; after what makes it mutable. */
export function fieldOf(value: StableValue | undefined, id: number): StableValue | undefined {
  const record = contentOf(value);
  if (record?.kind !== 'record') return undefined;
  return contentOf(record.items[record.fields.findIndex((field) => field.id === id)]);
}

/** Returns a whole number that is not negative and small enough to count with. */
export function countOf(value: StableValue | undefined): number | undefined {
  const content = contentOf(value);
  if (content?.kind !== 'plain' || typeof content.value !== 'bigint') return undefined;
  const count = Number(content.value);
  return count >= 0 && Number.isSafeInteger(count) ? count : undefined;
}

/** Returns the items of an array, after what makes it mutable. */
export function itemsOf(value: StableValue | undefined): readonly StableValue[] {
  const content = contentOf(value);
  return content?.kind === 'array' ? content.items : [];
}
