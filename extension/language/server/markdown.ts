/** Text as it is, in Markdown: nothing in it can end the span or begin another one. */
export function codeSpan(text: string): string {
  const line = text.replaceAll(/\s/g, ' ');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return line === '' || line.startsWith('`') || line.endsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** At most so many characters of a text. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
