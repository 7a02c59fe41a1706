type Align = (text: string, width: number) => string;

export const LEFT: Align = (text, width) => text.padEnd(width);
export const RIGHT: Align = (text, width) => text.padStart(width);

/** Returns rows with aligned columns, beneath their names. */
export function textTable(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
): readonly string[] {
  // There may be more rows than a call can have arguments.
  const widths = names.map((name, column) => rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), name.length));
  return [names, ...rows].map((row) =>
    row
      .map((cell, column) => (align[column] ?? LEFT)(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
