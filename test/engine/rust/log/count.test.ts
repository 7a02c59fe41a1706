import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at } from '../../../../engine/core/memory/memory.ts';
import { COUNT_AT } from '../../../../engine/rust/log/layout.ts';
import { Log } from '../../../../engine/rust/log/operate.ts';
import { openStructures } from '../../../../engine/rust/open.ts';

test('the entries of a log that counts too many are counted in slices', () => {
  const [index, data] = [new BytesMemory(), new BytesMemory()];
  const log = Log.new(index, data);
  for (let entry = 0; entry < 200; entry += 1) log.append(Buffer.from(`entry ${entry}`));
  index.write(at(COUNT_AT, 0), new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0]));
  const [structure] = openStructures([index, data], () => undefined, 'managed');
  if (structure === undefined) throw new Error('There is no log.');
  const counts: number[] = [];
  for (let slice = 0; slice < 30; slice += 1) counts.push(structure.count(new Budget({ steps: 10 })));
  expect(counts.slice(0, 3)).toEqual([10, 20, 30]);
  expect(counts.at(-1)).toBe(200);
});
