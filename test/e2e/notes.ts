/** A project with a Motoko canister, as dfx builds it, in the sample workspace: for tests that record it. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cache, must, root } from '../../tools/project.ts';

const compiled = join(cache, 'test', 'notes.wasm');

/** Makes the project anew. Returns its folder. */
export async function prepareNotes(workspace: string): Promise<string> {
  if (!existsSync(compiled)) {
    mkdirSync(dirname(compiled), { recursive: true });
    await must(process.execPath, [join(import.meta.dirname, 'compile-notes.ts'), compiled]);
  }
  const folder = join(workspace, 'notes');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const name of ['notes.mo', 'notes.calls.jsonl']) cpSync(join(root, 'test/fixtures/record', name), join(folder, name));
  // The upgrade in the script names a module beside it.
  cpSync(compiled, join(folder, 'notes.wasm'));
  cpSync(compiled, join(folder, '.dfx', 'local', 'canisters', 'notes', 'notes.wasm'));
  // A snapshot of the canister after the script, to be upgraded.
  const recorded = join(cache, 'test', 'notes.smtrace');
  const record = ['record', 'notes.wasm', '--calls', 'notes.calls.jsonl', '-o', recorded, '--force', '--end', 'snapshot'];
  await must(process.execPath, [join(root, 'dist', 'stable-memory.mjs'), ...record], { cwd: folder, quiet: true });
  return folder;
}
