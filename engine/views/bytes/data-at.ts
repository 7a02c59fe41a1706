import type { Budget } from '../../core/budget.ts';
import { cut } from '../../core/format.ts';
import { at, type Offset, offsetAt, readBytes, viewOf } from '../../core/memory/memory.ts';
import { readStored } from '../../core/structure.ts';
import { areaAt } from '../../snapshot/areas.ts';
import { ownersOf } from '../../snapshot/owners.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { FLOAT_CODECS, formatFloat } from '../../values/codecs/floats.ts';
import { decodeInteger, INTEGER_CODECS } from '../../values/codecs/integers.ts';
import { CODEC_CHOICES, codecOf } from '../../values/codecs.ts';
import type { GuessContext } from '../../values/guessing/guess.ts';
import { sniff } from '../../values/guessing/sniff.ts';
import { decodeSide } from '../entries.ts';
import { storedPieces } from '../explanation.ts';
import type { ByteRange } from '../protocol.ts';
import type { DataAt, NumberAt } from './calls.ts';
import { pointerAt } from './pointer.ts';

/** Maximum bytes that are decoded as a whole, and maximum characters of a text. */
const DECODED_BYTES = 16_384;
const SHOWN_TEXT = 400;

/** Returns all that a range of the image could be: the numbers at its first byte, and the whole range with each codec. */
export function dataAt(snapshot: Snapshot, range: ByteRange, budget: Budget): DataAt {
  const offset = offsetAt(0, range.start);
  const read = (length: number) => readBytes(snapshot.memory, at(0, offset), Math.min(length, snapshot.bytes - offset));
  return {
    range,
    numbers: numbersAt(read(16)),
    decodings:
      range.length > DECODED_BYTES
        ? []
        : withStructure(snapshot, range, budget, decodings(snapshot, read(range.length), familyAt(snapshot, offset))),
    pointer: pointerAt(snapshot, offset, budget),
  };
}

/** Puts first what the structure's own codec says, where the range is a key or value, or its piece in this place. */
function withStructure(
  snapshot: Snapshot,
  range: ByteRange,
  budget: Budget,
  decodings: DataAt['decodings'],
): DataAt['decodings'] {
  const owners = ownersOf(snapshot, offsetAt(0, range.start), budget);
  const piece = storedPieces(owners).find(({ at }) => at.start === range.start && at.length === range.length);
  const space = owners.findLast((owner) => owner.space !== undefined)?.space;
  const placed = space === undefined ? undefined : snapshot.places.structureIn(space);
  if (piece === undefined || placed === undefined || piece.stored.size > DECODED_BYTES) return decodings;
  const described = owners.findLast(({ element }) => element !== undefined)?.element?.described;
  const bytes = readStored(piece.stored);
  const { codec, text } = decodeSide(snapshot, placed, described && { described }, piece.role, bytes, budget);
  return [{ codec, text: shorten(text) }, ...decodings.filter((each) => each.codec !== codec)];
}

function shorten(text: string): string {
  return cut(text, SHOWN_TEXT);
}

/** Returns the family of libraries that could have written a byte. */
function familyAt({ areas }: Snapshot, offset: Offset): GuessContext['family'] {
  const area = areaAt(areas, offset);
  const isOfRegion = area !== undefined && 'space' in area && area.space.kind === 'region';
  return isOfRegion ? 'motoko' : 'stable-structures';
}

/** Returns the numbers that begin with `bytes`, for each width that there are bytes for. */
function numbersAt(bytes: Uint8Array): readonly NumberAt[] {
  const integers = ([1, 2, 4, 8, 16] as const).flatMap((width) =>
    [false, true].map((signed) => ({ width, signed, type: `${signed ? 'i' : 'u'}${8 * width}` })),
  );
  const floats = ([4, 8] as const).filter((width) => width <= bytes.length);
  const view = viewOf(bytes);
  return [
    ...integers
      .filter(({ width }) => width <= bytes.length)
      .map(({ width, signed, type }) => {
        const decode = (order: 'little' | 'big') => String(decodeInteger(bytes.subarray(0, width), { signed, order }));
        return { type, little: decode('little'), big: decode('big') };
      }),
    ...floats.map((width) => {
      const decode = (little: boolean) =>
        formatFloat(width === 4 ? view.getFloat32(0, little) : view.getFloat64(0, little), width);
      return { type: `f${8 * width}`, little: decode(true), big: decode(false) };
    }),
  ];
}

/** Codecs that the table of numbers stands for. */
const NUMBERS: ReadonlySet<string> = new Set([...INTEGER_CODECS, ...FLOAT_CODECS].map(({ name }) => name));

/** Decodes the bytes with every codec that can: first the user's own, then the most probable. */
function decodings(snapshot: Snapshot, bytes: Uint8Array, family: GuessContext['family']): DataAt['decodings'] {
  const guessed = sniff(bytes, { family, role: 'value' }).map(({ codec }) => codec);
  const names = new Set([...snapshot.codecs.keys(), ...guessed, ...CODEC_CHOICES.map(({ name }) => name)]);
  return [...names].flatMap((name) => {
    const codec = NUMBERS.has(name) ? undefined : codecOf(name, snapshot.codecs);
    const text = codec?.decode(bytes)?.text;
    return text === undefined ? [] : [{ codec: name, text: shorten(text) }];
  });
}
