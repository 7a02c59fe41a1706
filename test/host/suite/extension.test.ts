import { strict as assert } from 'node:assert';
import { extensions } from 'vscode';

const extension = extensions.getExtension('stable-memory.stable-memory-debugger');

describe('The installed extension', () => {
  it('is there', () => {
    assert.ok(extension);
  });

  it('activates', async () => {
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });
});
