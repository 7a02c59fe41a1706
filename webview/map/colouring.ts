/** The meanings that the map's colours can have, and the scales of those that are a quantity. */
import { formatCount, formatCounted } from '../../engine/core/format.ts';
import type { MapOwner, MapResult } from '../../engine/views/protocol.ts';
import { type Colour, mix } from '../colour.ts';
import { formatShare } from '../format.ts';
import type { Look } from '../look.ts';
import type { Cell } from './cell.ts';

export const COLOURINGS = ['owner', 'kind', 'fill', 'age'] as const;
export type Colouring = (typeof COLOURINGS)[number];

export const COLOURING_MEANINGS: Readonly<Record<Colouring, string>> = {
  owner: 'A colour for each memory or region.',
  kind: 'A colour for each kind of structure or area.',
  fill: 'How much of each cell is live.',
  age: 'How many steps ago the bytes of each cell were last written.',
};

/** Returns the number of an owner's colour. */
export function colourOf(owner: MapOwner, colouring: Colouring): number {
  return colouring === 'kind' ? owner.kind.colour : owner.colour;
}

/** A step of a scale. It is drawn as a bar, so that nothing depends on its colour alone. */
export interface ScaleStep {
  readonly label: string;
  /** The height of the bar, from 0 to 1. */
  readonly height: number;
}

const FILL_STEPS: readonly ScaleStep[] = [
  { label: 'nothing live', height: 0 },
  { label: 'to 25 %', height: 0.25 },
  { label: 'to 50 %', height: 0.5 },
  { label: 'to 75 %', height: 0.75 },
  { label: 'to 100 %', height: 1 },
];

/** Ages below which a step of the scale ends, the youngest first. An age of 0 is the step itself. */
const AGES = [1, 10, 100, 1_000, Number.POSITIVE_INFINITY] as const;

const AGE_STEPS: readonly ScaleStep[] = [
  { label: 'none', height: 0 },
  ...AGES.map((age, index): ScaleStep => {
    const height = (AGES.length - index) / AGES.length;
    if (index === 0) return { label: 'this step', height };
    return { label: Number.isFinite(age) ? `< ${formatCount(age)}` : 'older', height };
  }).reverse(),
];

/** Returns the steps of a scale, the smallest bar first. */
export function stepsOf(colouring: 'fill' | 'age'): readonly ScaleStep[] {
  return colouring === 'fill' ? FILL_STEPS : AGE_STEPS;
}

/** Returns the step of the scale for a cell. Returns undefined if it is not known. */
export function levelOf(colouring: 'fill' | 'age', cell: Cell, step: number | undefined): number | undefined {
  if (colouring === 'fill') {
    const share = cell.fill;
    return share === undefined ? undefined : Math.ceil(share * (FILL_STEPS.length - 1));
  }
  const { lastWrite } = cell;
  if (lastWrite === undefined || step === undefined) return undefined;
  return lastWrite === 0 ? 0 : AGES.length - AGES.findIndex((age) => step - lastWrite < age);
}

/** Returns the colour of a bar: the stronger, the higher it is. */
export function scaleColour(look: Look, colouring: 'fill' | 'age', height: number): Colour {
  const hue = colouring === 'fill' ? (look.owners[0] ?? look.neutral) : look.step;
  return mix(hue, look.background, 0.35 + 0.65 * height);
}

/** Returns the colour behind a bar. */
export function groundColour(look: Look): Colour {
  return mix(look.foreground, look.background, look.isHighContrast ? 0.2 : 0.09);
}

/** Describes how much of a cell is live: `73 % live`. */
export function fillText(cell: Cell): string | undefined {
  const share = cell.fill;
  return share === undefined ? undefined : `${formatShare(share, 1)} live`;
}

/** Describes the last write to a cell: `step 12, 3 steps ago`. */
export function lastWriteText(
  lastWrite: number | undefined,
  step: number | undefined,
  writes: MapResult['lastWrites'],
): string | undefined {
  if (lastWrite === undefined || step === undefined || writes === undefined) return undefined;
  if (lastWrite === step && step > 0) return 'this step';
  if (lastWrite > 0) return `step ${formatCount(lastWrite)}, ${formatCounted(step - lastWrite, 'step')} ago`;
  return writes.since > 1 ? `none in the last ${formatCounted(step - writes.since + 1, 'step')}` : 'none in this trace so far';
}
