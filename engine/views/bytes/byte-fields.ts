import type { Budget } from '../../core/budget.ts';
import { cut, formatAddress, formatCount, toHex } from '../../core/format.ts';
import { at, type OffsetRange, offsetAt } from '../../core/memory/memory.ts';
import { readStored, type StoredBytes } from '../../core/structure.ts';
import type { Role } from '../../snapshot/decoding.ts';
import { type ImageOwner, ownersOf } from '../../snapshot/owners.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { ValuePart } from '../../values/codec.ts';
import { type DecodedSide, decodeBeginning, decodeSide } from '../entries.ts';
import { nameOfOwner } from '../explanation.ts';
import { type ByteField, MAX_FIELDS } from './calls.ts';
import { fieldNumber } from './field-number.ts';
import { isPointer } from './pointer.ts';

/** Maximum bytes of a key or value that is decoded for its parts. */
const DECODED_BYTES = 16_384;
/** Maximum characters of a field's text. */
const SHOWN_TEXT = 96;

/**
 * Returns the fields of ranges of the image in order, down to the parts of decoded keys and values. The list ends early at
 * `MAX_FIELDS`, or when the budget is used up.
 */
export function byteFields(snapshot: Snapshot, ranges: readonly OffsetRange[], budget: Budget): readonly ByteField[] {
  const fields: ByteField[] = [];
  const decoded = new Map<string, readonly ByteField[]>();
  for (const range of ranges) addFields(snapshot, range, { fields, decoded }, budget);
  return fields;
}

/** The fields so far, and those of the keys and values that were decoded for them. */
interface Found {
  readonly fields: ByteField[];
  readonly decoded: Map<string, readonly ByteField[]>;
}

function addFields(snapshot: Snapshot, range: OffsetRange, { fields, decoded }: Found, budget: Budget): void {
  const end = Math.min(range.start + range.length, snapshot.bytes);
  for (let offset = range.start; offset < end && fields.length < MAX_FIELDS && budget.spend(); ) {
    const owners = ownersOf(snapshot, offset, budget);
    const found = fieldAt(snapshot, owners, offset, decoded, budget);
    fields.push(found);
    offset = offsetAt(0, Math.max(offset + 1, found.at.start + found.at.length));
  }
}

function fieldAt(
  snapshot: Snapshot,
  owners: readonly ImageOwner[],
  offset: number,
  decoded: Map<string, readonly ByteField[]>,
  budget: Budget,
): ByteField {
  const entry = owners.findLast(({ element }) => element !== undefined);
  for (const role of ['key', 'value'] as const) {
    const stored = entry?.element?.[role];
    if (entry === undefined || stored === undefined) continue;
    const id = `${role} ${entry.part ?? ''} ${stored.spans[0]?.start ?? ''} ${entry.at.start}`;
    const parts = decoded.get(id) ?? sideFields(snapshot, entry, stored, role, budget);
    decoded.set(id, parts);
    const part = parts.find((each) => has(each.at, offset));
    if (part !== undefined) return part;
  }
  const last = owners.at(-1);
  if (last === undefined) return { at: { start: offset, length: 1 }, kind: 'other', label: 'no owner', text: undefined };
  const label = nameOfOwner(last);
  if (last.kind !== 'field') return { at: rangeOf(last.at), kind: 'other', label, text: undefined };
  const isIdle = IDLE.test(label);
  return {
    at: rangeOf(last.at),
    kind: isIdle ? 'other' : 'metadata',
    label,
    text: isIdle ? undefined : textOfField(snapshot, last),
  };
}

/** Names of fields that hold nothing. */
const IDLE = /^(unused|reserved|padding|behind the last .*|never written)$/;

/** Returns the fields of a key or value: its decoded parts, and what is between them. */
function sideFields(
  snapshot: Snapshot,
  entry: ImageOwner,
  stored: StoredBytes,
  role: Role,
  budget: Budget,
): readonly ByteField[] {
  const space = snapshot.places.spaceOf(stored.memory);
  const placed = space === undefined ? undefined : snapshot.places.structureIn(space);
  if (space === undefined || placed === undefined) return [];
  const bytes = readStored(stored, DECODED_BYTES);
  const { text, codec, parts } =
    bytes.length < stored.size
      ? (decodeBeginning(snapshot, placed, role, bytes, stored.size, budget) ?? UNDECODED)
      : decodeSide(snapshot, placed, describedBy(entry), role, bytes, budget);
  const number = entry.name === undefined ? '' : ` ${entry.name}`;
  const own = { label: `${role}${number}`, text: parts.length < 2 ? `${shorten(text)} · ${codec}` : codec };
  const named = parts.length < 2 ? [] : withGaps(parts, stored.size);
  const pieces = named.length === 0 ? [{ start: 0, length: stored.size, label: '', text: '' }] : named;
  return pieces.flatMap(({ start, length, label, text }, index) => {
    const field = index === 0 ? own : partField(own.label, label, text);
    const extents = spansOf(stored, start, length).flatMap((span) => space.memory.toImage(at(0, span.start), span.length));
    return extents.map((extent): ByteField => ({ at: rangeOf(extent), kind: role, ...field }));
  });
}

/** Describes a part. Names of fields have no text of their own: the field after them has it. */
function partField(owner: string, label: string, text: string): Pick<ByteField, 'label' | 'text'> {
  if (label === '') return { label: owner, text: undefined };
  return /(^| )key$/.test(label) ? { label: `name ${shorten(text)}`, text: undefined } : { label, text: shorten(text) };
}

const UNDECODED: DecodedSide = { text: '…', codec: 'bytes', parts: [] };

function describedBy({ element }: ImageOwner) {
  return element?.described && { described: element.described };
}

/** Adds parts without a name where nothing is named: the marks and names of fields between the values. */
function withGaps(parts: readonly ValuePart[], size: number): readonly ValuePart[] {
  const all: ValuePart[] = [];
  let end = 0;
  for (const part of [...parts, { start: size, length: 0, label: '', text: '' }]) {
    if (part.start > end) all.push({ start: end, length: part.start - end, label: '', text: '' });
    if (part.length > 0) all.push(part);
    end = Math.max(end, part.start + part.length);
  }
  return all;
}

/** Returns the addresses of a range of stored bytes, which may be in several spans. */
function spansOf({ spans }: StoredBytes, start: number, length: number) {
  const found: { readonly start: number; readonly length: number }[] = [];
  let before = 0;
  for (const span of spans) {
    const from = Math.max(start, before);
    const to = Math.min(start + length, before + span.length);
    if (to > from) found.push({ start: span.start + from - before, length: to - from });
    before += span.length;
  }
  return found;
}

/** Returns the value of a field: its text if it is a magic, its number if it is short. */
function textOfField(snapshot: Snapshot, field: ImageOwner): string | undefined {
  const number = fieldNumber(snapshot, field);
  if (number === undefined) return undefined;
  if (field.name === 'magic') return JSON.stringify(String.fromCharCode(...number.bytes));
  if (field.size > 8) return shorten(toHex(number.bytes));
  return isPointer(field) ? formatAddress(number.value) : formatCount(number.value);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return cut(line, SHOWN_TEXT);
}

function has({ start, length }: { readonly start: number; readonly length: number }, offset: number): boolean {
  return start <= offset && offset < start + length;
}

function rangeOf({ start, length }: OffsetRange) {
  return { start, length };
}
