import type { Budget } from '../core/budget.ts';
import { cut, formatAddress, formatCounted, isOrAre } from '../core/format.ts';
import { type Element, readStored, type StoredBytes } from '../core/structure.ts';
import { STRUCTURE_NAMES } from '../core/structure-kinds.ts';
import { type Role, storedBytesOf } from '../snapshot/decoding.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nameOfSpace } from '../snapshot/space.ts';
import type { Codec } from '../values/codec.ts';
import { CODEC_CHOICES, codecOf } from '../values/codecs.ts';
import { MAX_HEX_BYTES, renderHexText } from '../values/hex-text.ts';
import { decodeSide } from './entries.ts';
import { ELEMENT_NAMES } from './names.ts';
import { type CodecChoice, MAX_TEXT } from './protocol.ts';

const PREVIEW_BYTES = 4_096;
const PREVIEW_TEXT = 80;

/** Returns an element's bytes as a page of text. */
export function elementText(snapshot: Snapshot, placed: PlacedStructure, index: number, budget: Budget): string {
  const [element] = placed.structure.elements(index, 1, budget);
  if (element === undefined) return `There is no ${ELEMENT_NAMES[placed.structure.kind]} ${index} in ${placed.part} any more.\n`;
  const stored = shownBytes(placed, element);
  if (stored === undefined) return `${element.described?.text ?? 'This element has no bytes.'}\n`;
  const bytes = readStored(stored, MAX_HEX_BYTES);
  const start = stored.spans[0]?.start ?? 0;
  const space = snapshot.places.spaceOf(stored.memory);
  const header = [
    `${STRUCTURE_NAMES[placed.structure.kind]} in ${nameOfSpace(placed.space)}, ${ELEMENT_NAMES[placed.structure.kind]} ${index}`,
    ...sideLine(snapshot, placed, element, 'key', budget),
    ...sideLine(snapshot, placed, element, 'value', budget),
    `${formatCounted(stored.size, 'byte')} at ${formatAddress(start)}${space === undefined ? '' : ` of ${nameOfSpace(space)}`}`,
    ...(bytes.length < stored.size
      ? [`Only the first ${formatCounted(bytes.length, 'byte')} ${isOrAre(bytes.length)} shown.`]
      : []),
  ];
  return renderHexText(bytes, start, header);
}

/** Returns `key 1 (u32-be)`; nothing where it is too large to decode for a line. */
function sideLine(snapshot: Snapshot, placed: PlacedStructure, element: Element, role: Role, budget: Budget): readonly string[] {
  const stored = storedBytesOf(element, role);
  if (stored === undefined || stored.size === 0 || stored.size > PREVIEW_BYTES) return [];
  const { text, codec } = decodeSide(snapshot, placed, element, role, readStored(stored), budget);
  const line = text.replace(/\s+/g, ' ');
  return [`${role} ${cut(line, PREVIEW_TEXT)} (${codec})`];
}

/** Returns the bytes that an element is shown by: its value, or in a set its key. */
function shownBytes(placed: PlacedStructure, element: Element): StoredBytes | undefined {
  return placed.structure.kind === 'btreeset' ? element.key : (element.value ?? element.key);
}

/** Returns an element's value as text, for "Copy Value". It is cut only where it is longer than `MAX_TEXT`. */
export function valueText(snapshot: Snapshot, placed: PlacedStructure, index: number, budget: Budget): string | undefined {
  const [element] = placed.structure.elements(index, 1, budget);
  const stored = element === undefined ? undefined : shownBytes(placed, element);
  if (element === undefined || (stored === undefined && element.described === undefined)) return undefined;
  const role: Role = stored !== undefined && stored === element.key ? 'key' : 'value';
  const bytes = stored === undefined ? new Uint8Array(0) : readStored(stored, MAX_TEXT);
  return decodeSide(snapshot, placed, element, role, bytes, budget).text.slice(0, MAX_TEXT);
}

/** Returns the codecs for an element's key or value: the present one first, then those that fit its bytes, then the others. */
export function codecChoices(
  snapshot: Snapshot,
  placed: PlacedStructure,
  index: number,
  role: Role,
  budget: Budget,
): readonly CodecChoice[] {
  const [element] = placed.structure.elements(index, 1, budget);
  const stored = element === undefined ? undefined : storedBytesOf(element, role);
  const bytes = stored === undefined ? undefined : readStored(stored, PREVIEW_BYTES);
  const present = snapshot.decoding.codec(placed, role, budget).codec;
  const choice = (codec: Codec, description: string): CodecChoice => {
    const text =
      bytes === undefined || stored === undefined || bytes.length < stored.size ? undefined : codec.decode(bytes)?.text;
    return { name: codec.name, description, preview: text?.slice(0, PREVIEW_TEXT).replace(/\s+/g, ' ') };
  };
  const own = [...snapshot.codecs.values()].filter((codec) => codecOf(codec.name) === undefined);
  const others = [...own, ...CODEC_CHOICES].flatMap(({ name, description }) => {
    const codec = codecOf(name, snapshot.codecs);
    return codec === undefined || codec.name === present.name ? [] : [choice(codec, description)];
  });
  return [
    choice(present, present.description),
    ...others.filter(({ preview }) => preview !== undefined),
    ...others.filter(({ preview }) => preview === undefined),
  ];
}
