import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at } from '../../../../engine/core/memory/memory.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { image, sidecar } from '../../../fixtures.ts';
import { virtualMemory } from '../structures.ts';

/** Returns the owners of a byte, as a breadcrumb. */
function ownersAt(name: string, memory: number, address: number): string {
  const view = virtualMemory(image(name), memory);
  const owners = openBTree(view, () => {})?.owners(view, at(0, address), new Budget()) ?? [];
  return owners
    .map(({ kind, name: field, address: start }) => `${kind}${field === undefined ? '' : ` ${field}`}@${start}`)
    .join(' › ');
}

test.each([
  [0, 'header@0 › field magic@0'],
  [7, 'header@0 › field page size@4'],
  [12, 'header@0 › field root@12'],
  [27, 'header@0 › field length@20'],
  [52, 'allocator@52 › field magic@52'],
  [83, 'allocator@52 › field free list head@76'],
  [104_108, 'chunk@104100 › field next@104108'],
  [104_116, 'chunk@104100 › free-chunk@104116'],
  [134_276, 'chunk@134260 › node@134276 › field magic@134276'],
  [134_290, 'chunk@134260 › node@134276 › field overflow@134283'],
  [134_299, 'chunk@134260 › node@134276 › field child 1@134299'],
  [143_651, 'chunk@143620 › node@143636 › entry 0@143651 › field key 0@143651'],
  [143_660, 'chunk@143620 › node@143636 › entry 1@143659 › field key 1@143659'],
  [143_731, 'chunk@143620 › node@143636 › entry 0@143731 › field value 0 length@143731'],
  [143_736, 'chunk@143620 › node@143636 › entry 0@143731 › field value 0@143735'],
  [144_659, 'chunk@143620 › node@143636 › field unused@143861'],
  [144_700, 'chunk@144660 › free-chunk@144676'],
  [150_000, 'unused@145700'],
])('byte %d of a map', (address, owners) => expect(ownersAt('corrupt-base', 0, address)).toBe(owners));

test('a byte in an overflow page belongs to the node and the value that continue there', () => {
  expect(ownersAt('corrupt-base', 6, 13_636 + 2)).toBe('chunk@13620 › overflow-page@13636 › field magic@13636');
  expect(ownersAt('corrupt-base', 6, 13_636 + 500)).toMatch(
    /^chunk@13620 › overflow-page@13636 › node@\d+ › entry \d+@\d+ › field value \d+@\d+$/,
  );
});

/** Returns the field of a patch, as named in the fixtures. */
const patched = [
  'child-cycle',
  'child-outside',
  'chunk-flag',
  'freelist-cycle',
  'len',
  'node-count',
  'overflow-cycle',
  'value-size',
];
test.each(patched)('the bytes changed in corrupt-btree-%s belong to the named field', (name) => {
  const { patches, defects } = sidecar<{ patches: { offset: number; field: string }[]; defects: { memory: number }[] }>(
    `corrupt-btree-${name}`,
  );
  const [patch] = patches;
  const memory = defects[0]?.memory ?? 0;
  const view = virtualMemory(image('corrupt-base'), memory);
  const bucket = view.buckets.indexOf(Math.floor((patch?.offset ?? 0) / 65_536) - 1);
  const owners = ownersAt('corrupt-base', memory, bucket * 65_536 + ((patch?.offset ?? 0) % 65_536));
  const field = (patch?.field ?? '').replace(/^.*\./, '').replace(/\[(\d+)\]/, ' $1');
  const known: Record<string, string> = { num_entries: 'entries', 'value_size 0': 'value 0 length' };
  expect(owners).toContain(`field ${known[field] ?? field}@`);
});
