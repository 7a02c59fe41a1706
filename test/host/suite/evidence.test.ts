import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, readBytes } from '../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { saveDump } from '../../../engine/rust/upgrade-dump/operate.ts';
import { closeEverything, inside, sample, until } from './inside.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Facts about a memory beyond its structures: from other files, from earlier data, from the map. */
describe('Evidence', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  });
  afterEach(closeEverything);
  after(() => rmSync(folder, { recursive: true }));

  async function open(uri: vscode.Uri, title: string) {
    const { activeTitle, ...rest } = await inside();
    await vscode.commands.executeCommand('stableMemory.openSnapshot', uri);
    await until(`memory called ${title}`, () => activeTitle() === title || undefined);
    return rest;
  }

  function openMade(name: string, make: (image: Memory) => void) {
    const image = new BytesMemory();
    make(image);
    const file = join(folder, name);
    writeFileSync(file, readBytes(image, at(0, 0), byteLength(image)));
    return open(vscode.Uri.file(file), name);
  }

  it('of a free list shows that it was read from the heap', async () => {
    const { rows } = await open(sample('motoko-heap'), 'motoko-heap');
    const lists = await rows('freeLists');
    assert.equal(
      lists.find(({ label }) => label === 'region 17 · MemoryRegion')?.description,
      '95 free blocks · 750 B · from the heap in wasm_memory.bin',
    );
    const [block] = await rows('freeLists', 'region 17 · MemoryRegion');
    assert.deepEqual([block?.label, block?.description], ['0x40', '15 B']);
  });

  it('of a cleared map is its old entries', async () => {
    const { rows } = await openMade('cleared.stmem', (image) => {
      const memory = MemoryManager.init(image, 1).get(4);
      const map = BTreeMap.init(memory, { key: {}, value: {} });
      for (let index = 100; index < 200; index++) map.insert(bytes(`key ${index}`), bytes(`name ${index}`));
      BTreeMap.new(memory, { key: {}, value: {} });
    });
    const entries = await rows('memories', 'memory 4', 'BTreeMap', 'Recoverable entries');
    assert.equal(entries.length, 100);
    const entry = entries.find(({ label }) => label === 'key 142');
    assert.match(entry?.description ?? '', /^name 142 · (stale|freed)$/);
    assert.ok(entry?.at);
  });

  it('of a dump is its values, part by part', async () => {
    const { rows } = await openMade('dump.stmem', (image) =>
      // { "owner": "aaaaa-aa", "counts": [1, 2] } in CBOR
      saveDump(image, 'u32', Buffer.from('a2656f776e65726861616161612d616166636f756e7473820102', 'hex')),
    );
    assert.equal((await rows('memories'))[0]?.description, 'Upgrade dump, cbor · 1 page');
    const parts = await rows('elements', 'image · Upgrade dump');
    assert.deepEqual(
      parts.filter(({ label }) => label.startsWith('.')).map(({ label, description }) => [label, description]),
      [
        ['.owner', '"aaaaa-aa"'],
        ['.counts', 'array of 2'],
        ['.counts[0]', '1'],
        ['.counts[1]', '2'],
      ],
    );
  });

  it('is followed by the tree, from the map to the selected row', async () => {
    const { selectPart } = await open(sample('openchat-like-b128'), 'openchat-like-b128');
    await vscode.commands.executeCommand('stableMemory.memories.focus');
    assert.equal(await until('selected row', () => selectPart('memory/3/btreemap')), 'BTreeMap');
    assert.equal(await until('selected row', () => selectPart('memory/254')), 'memory 254 “notes”');
    assert.equal(await selectPart('bucket/99'), 'memory 254 “notes”');
  });

  it('is followed by the elements, from a byte to the row of its entry', async () => {
    const { selectByte } = await open(sample('openchat-like-b128'), 'openchat-like-b128');
    await vscode.commands.executeCommand('stableMemory.elements.focus');
    assert.equal(await until('selected element', () => selectByte(0x18a60)), '020000008c');
  });
});
