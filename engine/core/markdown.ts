import { visibleText } from './visible-text.ts';

/** Marks that begin something in Markdown (CommonMark 0.31, and the bare addresses of GitHub's): within a line, and at its beginning. */
const MARKS = /[\\`*_{}[\]()#!~|<>&:@$]|(?<=www)\.|^[-+=]|(?<=^\d+)[.)]/gi;

/**
 * Returns a text of unknown origin so that Markdown shows it as it is: no emphasis, no link, also none made from a bare address, no image, no
 * HTML.
 */
export function markdownText(text: string): string {
  return visibleText(text).replaceAll(MARKS, '\\$&');
}

/** Returns a text of unknown origin as code: nothing in it can end the span or begin another one. */
export function codeSpan(text: string): string {
  const line = visibleText(text.replaceAll(/\s/g, ' '));
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return line === '' || line.startsWith('`') || line.endsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** Returns at most so many characters of a text. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
