/** Returns a cell of a CSV file (RFC 4180), in quotes where it needs them. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${withinQuotes(text)}"` : text;
}

/** Returns a part of a cell that is in quotes, without them. */
export function withinQuotes(text: string): string {
  return text.replaceAll('"', '""');
}
