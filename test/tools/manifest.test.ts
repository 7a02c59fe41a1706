import { expect, test } from 'vitest';
import { PRICE_NAMES } from '../../engine/snapshot/cost.ts';
import { contributes } from '../../package.json';

/** Returns the editors of a file of this name: by default, and as an option. */
function editorsOf(name: string): Readonly<Record<string, readonly string[]>> {
  const matches = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(name);
  const editors = contributes.customEditors.filter(({ selector }) =>
    selector.some(({ filenamePattern }) => matches(filenamePattern)),
  );
  return Object.fromEntries(
    ['default', 'option'].map((priority) => [
      priority,
      editors.filter((editor) => editor.priority === priority).map(({ viewType }) => viewType),
    ]),
  );
}

test.each([
  'stable_memory.bin',
  'stable_memory.bin.gz',
  'stable_memory.bin.zst',
  'stable.bin',
  'backup.stmem',
  '0000000000000064_0000_stable_memory.overlay',
])('%s opens in our editor', (name) => {
  expect(editorsOf(name)['default']).toEqual(['stableMemory.snapshot']);
});

test.each(['firmware.bin', 'wasm_module.bin', 'memory.bin.gz'])('%s is not claimed, but can be opened', (name) => {
  expect(editorsOf(name)).toEqual({ default: [], option: ['stableMemory.binary'] });
});

test('the price setting lists all prices', () => {
  const { properties } = contributes.configuration;
  expect(properties['stableMemory.cost.price'].enum).toEqual(PRICE_NAMES);
});
