import { visibleText } from '../../engine/core/visible-text.ts';

/**
 * Returns a text of unknown origin so that VS Code's messages and lists show it as it is: they make links, also to commands, of
 * `[text](address)`, and icons of `$(name)`. A joiner that nobody sees parts both.
 */
export function plainText(text: string): string {
  return visibleText(text).replaceAll('](', ']\u2060(').replaceAll('$(', '$\u2060(');
}
