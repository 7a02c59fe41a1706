import { visibleText } from './visible-text.ts';

/** Characters with a meaning in Markdown (CommonMark 0.31, and the bare addresses of GitHub), inside a line or at its start. */
const MARKS = /[\\`*_{}[\]()#!~|<>&:@$]|(?<=www)\.|^[-+=]|(?<=^\d+)[.)]/gi;

/**
 * Escapes a text of unknown origin so that Markdown shows it literally: without emphasis, links (not even from a bare address),
 * images or HTML.
 */
export function markdownText(text: string): string {
  return visibleText(text).replaceAll(MARKS, '\\$&');
}

/** Returns a text of unknown origin as a code span. Nothing in the text can end the span or start another one. */
export function codeSpan(text: string): string {
  const line = visibleText(text.replaceAll(/\s/g, ' '));
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return line === '' || line.startsWith('`') || line.endsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}
