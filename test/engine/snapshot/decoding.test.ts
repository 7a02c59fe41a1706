import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { openedBytes } from './opened.ts';

test('the codec of a map whose entries cannot all be counted is guessed from those that can', () => {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, { key: { bound: { max: 8, fixed: true } }, value: {} });
  for (let index = 0; index < 3_000; index += 1)
    map.insert(Buffer.from(String(10_000_000 + index)), Buffer.from(JSON.stringify({ index })));
  const snapshot = openedBytes(readBytes(memory, at(0, 0), byteLength(memory)));
  const [placed] = snapshot.structures;
  if (placed === undefined) throw new Error('There is no map.');
  const budget = new Budget({ steps: 50 });
  expect(snapshot.decoding.codec(placed, 'value', budget).codec.name).toBe('json');
  expect(budget.cutShort).toBeDefined();
});
