import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import { TableView } from '../../../../engine/views/table/table-view.ts';
import { openedBytes } from '../../snapshot/opened.ts';

const utf8 = new TextEncoder();

function bigEndian(number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

/** Returns the table of a map from numbers to values in JSON, in the order of its entries. */
export function tableOf(values: readonly unknown[], keyOf = (index: number) => index): TableView {
  const memory = new BytesMemory();
  const map = BTreeMap.init(memory, { key: { bound: { max: 8, fixed: true } }, value: {} });
  for (const [index, value] of values.entries()) map.insert(bigEndian(keyOf(index)), utf8.encode(JSON.stringify(value)));
  const snapshot = openedBytes(readBytes(memory, at(0, 0), byteLength(memory)));
  const [placed] = snapshot.structures;
  if (placed === undefined) throw new Error('There is no map.');
  return new TableView(snapshot, placed);
}
