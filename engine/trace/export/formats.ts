/** The formats that a trace can be exported in, for other tools. */
export const EXPORT_FORMATS = ['chrome', 'csv', 'heaptrack'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export function isExportFormat(name: string): name is ExportFormat {
  return EXPORT_FORMATS.some((format) => format === name);
}
