/** State that is saved while the comparison is hidden or the window is closed. */
import type { ComparisonSource } from '../../../engine/views/diff/page.ts';

/** Sizes that the user chose: the part of the width that the entries have, and pixels. */
export interface Arrangement {
  readonly entriesShare: number;
  readonly detailsHeight: number;
}

export interface Saved {
  /** Both sides. VS Code restores the comparison from them. */
  readonly source: ComparisonSource | undefined;
  /** The part of the structure that was chosen, and the position of its entry. */
  readonly part: string;
  readonly selected: number;
  readonly arrangement: Arrangement;
}

const DEFAULT: Arrangement = { entriesShare: 0.54, detailsHeight: 200 };

/** Parses the saved state, which an older or newer version may have written. Invalid fields get their default. */
export function parseSaved(value: unknown): Saved {
  const { part, selected, arrangement } = fields(value);
  const { entriesShare, detailsHeight } = fields(arrangement);
  return {
    // Only the extension reads it.
    source: undefined,
    part: typeof part === 'string' ? part : '',
    selected: position(selected) ?? 0,
    arrangement: {
      entriesShare: position(entriesShare) ?? DEFAULT.entriesShare,
      detailsHeight: position(detailsHeight) ?? DEFAULT.detailsHeight,
    },
  };
}

function fields(value: unknown): Readonly<Partial<Record<keyof Saved | keyof Arrangement, unknown>>> {
  return typeof value === 'object' && value !== null ? value : {};
}

function position(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
