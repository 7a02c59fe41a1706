/** The formats that a part of a snapshot can be exported in. */
export const FORMATS = ['raw', 'jsonl', 'csv', 'parquet', 'sqlite'] as const;
export type Format = (typeof FORMATS)[number];

/** Formats of entries. */
export type EntryFormat = Exclude<Format, 'raw' | 'sqlite'>;

export function isFormat(name: string): name is Format {
  return FORMATS.some((format) => format === name);
}
