import { visibleText } from '../../engine/core/visible-text.ts';

/**
 * Returns untrusted text so that VS Code's messages and lists show it literally. VS Code turns `[text](address)` into links, also
 * to commands, and `$(name)` into icons. An invisible word joiner between the brackets prevents both.
 */
export function plainText(text: string): string {
  return visibleText(text).replaceAll('](', ']\u2060(').replaceAll('$(', '$\u2060(');
}
