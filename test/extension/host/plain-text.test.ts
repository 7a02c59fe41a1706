import { expect, test } from 'vitest';
import { plainText } from '../../../extension/host/plain-text.ts';

test('text from a file is neither a link, an icon, nor anything that changes the text around it', () => {
  const shown = plainText('[open](command:workbench.action.terminal.new) $(warning) \u202e\u001b[31m\n');
  expect(shown).not.toContain('](');
  expect(shown).not.toContain('$(');
  expect(shown).toMatch(/\\u\{202e\}\\u\{1b\}\[31m\\n$/);
});
