/** State that is saved while the table is hidden or the window is closed. */
import type { MemoryRef } from '../../../engine/views/protocol.ts';

/** How the user arranged the columns, by their ids. */
export interface Arrangement {
  /** Columns that the user showed or hid. The others are as they are at first. */
  readonly shown: Readonly<Record<string, boolean>>;
  /** Widths in pixels that the user chose. */
  readonly widths: Readonly<Record<string, number>>;
}

export interface Saved {
  /** The structure. VS Code restores the table from it. */
  readonly memory: MemoryRef | undefined;
  readonly part: string;
  /** Index of the first row on screen, and of the selected one. */
  readonly top: number;
  readonly selected: number;
  readonly filter: string;
  readonly arrangement: Arrangement;
}

/** Parses the saved state, which an older or newer version may have written. Invalid fields get their default. */
export function parseSaved(value: unknown): Saved {
  const { memory, part, top, selected, filter, arrangement } = fields(value);
  const { shown, widths } = fields(arrangement);
  return {
    memory: memoryOf(memory),
    part: typeof part === 'string' ? part : '',
    top: position(top) ?? 0,
    selected: position(selected) ?? 0,
    filter: typeof filter === 'string' ? filter : '',
    arrangement: {
      shown: entriesOf(shown, (each) => (typeof each === 'boolean' ? each : undefined)),
      widths: entriesOf(widths, position),
    },
  };
}

function memoryOf(value: unknown): MemoryRef | undefined {
  const { path, session } = fields(value);
  if (typeof path === 'string') return { kind: 'snapshot', path };
  return typeof session === 'string' ? { kind: 'step', session } : undefined;
}

function entriesOf<Value>(value: unknown, parse: (value: unknown) => Value | undefined): Readonly<Record<string, Value>> {
  const all = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    all.flatMap(([name, each]) => {
      const parsed = parse(each);
      return parsed === undefined ? [] : [[name, parsed]];
    }),
  );
}

type Field = keyof Saved | keyof Arrangement | 'path' | 'session';

function fields(value: unknown): Readonly<Partial<Record<Field, unknown>>> {
  return typeof value === 'object' && value !== null ? value : {};
}

function position(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
