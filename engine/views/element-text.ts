import type { Budget } from '../core/budget.ts';
import { formatAddress, formatCounted, isOrAre } from '../core/format.ts';
import { type Element, readStored, type StoredBytes } from '../core/structure.ts';
import { STRUCTURE_NAMES } from '../core/structure-kinds.ts';
import { type Role, runOf } from '../snapshot/decoding.ts';
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

/** An element's bytes as a page of text. */
export function elementText(snapshot: Snapshot, placed: PlacedStructure, index: number, budget: Budget): string {
  const [element] = placed.structure.elements(index, 1, budget);
  if (element === undefined) return `There is no ${ELEMENT_NAMES[placed.structure.kind]} ${index} in ${placed.part} any more.\n`;
  const run = shownRun(placed, element);
  if (run === undefined) return `${element.described?.text ?? 'This element has no bytes.'}\n`;
  const bytes = readStored(run, MAX_HEX_BYTES);
  const start = run.spans[0]?.start ?? 0;
  const space = snapshot.places.spaceOf(run.memory);
  const header = [
    `${STRUCTURE_NAMES[placed.structure.kind]} in ${nameOfSpace(placed.space)}, ${ELEMENT_NAMES[placed.structure.kind]} ${index}`,
    ...sideLine(snapshot, placed, element, 'key', budget),
    ...sideLine(snapshot, placed, element, 'value', budget),
    `${formatCounted(run.size, 'byte')} at ${formatAddress(start)}${space === undefined ? '' : ` of ${nameOfSpace(space)}`}`,
    ...(bytes.length < run.size ? [`Only the first ${formatCounted(bytes.length, 'byte')} ${isOrAre(bytes.length)} shown.`] : []),
  ];
  return renderHexText(bytes, start, header);
}

/** `key 1 (u32-be)`; nothing for what is too large to be decoded for a line. */
function sideLine(snapshot: Snapshot, placed: PlacedStructure, element: Element, role: Role, budget: Budget): readonly string[] {
  const run = runOf(element, role);
  if (run === undefined || run.size === 0 || run.size > PREVIEW_BYTES) return [];
  const { text, codec } = decodeSide(snapshot, placed, element, role, readStored(run), budget);
  const line = text.replace(/\s+/g, ' ');
  return [`${role} ${line.length > PREVIEW_TEXT ? `${line.slice(0, PREVIEW_TEXT)}…` : line} (${codec})`];
}

/** The run that an element is known by: its value, a set's key. */
function shownRun(placed: PlacedStructure, element: Element): StoredBytes | undefined {
  return placed.structure.kind === 'btreeset' ? element.key : (element.value ?? element.key);
}

/** An element's value as text, whole: what "Copy Value" copies. Cut only where it is larger than an answer may be. */
export function valueText(snapshot: Snapshot, placed: PlacedStructure, index: number, budget: Budget): string | undefined {
  const [element] = placed.structure.elements(index, 1, budget);
  const run = element === undefined ? undefined : shownRun(placed, element);
  if (element === undefined || (run === undefined && element.described === undefined)) return undefined;
  const role: Role = run !== undefined && run === element.key ? 'key' : 'value';
  const bytes = run === undefined ? new Uint8Array(0) : readStored(run, MAX_TEXT);
  return decodeSide(snapshot, placed, element, role, bytes, budget).text.slice(0, MAX_TEXT);
}

/** What an element's key or value can be decoded as: the present codec first, then those that fit its bytes, then the others. */
export function codecChoices(
  snapshot: Snapshot,
  placed: PlacedStructure,
  index: number,
  role: Role,
  budget: Budget,
): readonly CodecChoice[] {
  const [element] = placed.structure.elements(index, 1, budget);
  const run = element === undefined ? undefined : runOf(element, role);
  const bytes = run === undefined ? undefined : readStored(run, PREVIEW_BYTES);
  const present = snapshot.decoding.codec(placed, role, budget).codec;
  const choice = (codec: Codec, description: string): CodecChoice => {
    const text = bytes === undefined || run === undefined || bytes.length < run.size ? undefined : codec.decode(bytes)?.text;
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
