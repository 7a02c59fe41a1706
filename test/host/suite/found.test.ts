import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { closeEverything, inside, sample, until } from './inside.ts';

describe('What was found', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('stableMemory.clearFound');
    await closeEverything();
  });

  async function open() {
    const api = await inside();
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await until('memory', () => api.activeTitle() === 'openchat-like-b128' || undefined);
    return api;
  }

  it('stays in its own view, by owner, with the state and the entry of each place', async () => {
    const { find, foundRows } = await open();
    await find('gamma delta alpha');
    const [memory] = foundRows();
    assert.match(memory?.label ?? '', /^memory 3/);
    assert.match(memory?.description ?? '', /^[\d,]+ places$/);
    const [place] = foundRows(memory?.label ?? '', 'BTreeMap');
    assert.match(place?.label ?? '', /gamma delta alpha/);
    assert.match(place?.description ?? '', /^0x[0-9a-f]+ · live · [0-9a-f]{10} → /);
    await find('not in there');
    assert.deepEqual(foundRows(), []);
  });

  it('is also the path of the lookup of a key, down to its value', async () => {
    const { findKey, foundRows } = await open();
    await findKey('memory/3/btreemap', '0200000004');
    const rows = foundRows();
    assert.match(rows[0]?.label ?? '', /^root 0x/);
    const end = rows.at(-1)?.label ?? '';
    assert.match(end, /^found: key \d+ of node 0x/);
    assert.match(foundRows(end)[0]?.label ?? '', /^key 0200000004$/);
    assert.ok((foundRows(rows[0]?.label ?? '')[0]?.label ?? '').startsWith('0200000004 <'));
    assert.ok(foundRows(end).every(({ at }) => at !== undefined));
    await assert.rejects(findKey('memory/3/btreemap', 'no such key'), /is not a key of memory\/3\/btreemap/);
  });

  it('is gone when it is cleared', async () => {
    const { find, foundRows } = await open();
    await find('alpha');
    await vscode.commands.executeCommand('stableMemory.clearFound');
    assert.deepEqual(foundRows(), []);
  });
});
