/** Rehearsals of upgrades with real canisters: which succeed, which trap and where, and what changes. */
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rustCanister } from '../canisters/rust/build.ts';
import { counterScript, counters, rehearse, snapshotAfter } from './rehearsal.ts';

describe('a Motoko program with enhanced persistence', () => {
  const { counter, asText } = counters('enhancedOP');

  test('upgrades to itself, and nothing changes', async () => {
    const report = await rehearse(await snapshotAfter(counter, counterScript), counter, { back: true });
    expect(report).toMatchObject({ succeeds: true, structures: [], variables: [] });
    expect(report.hooks.map(({ hook, back, outcome }) => [hook, back, outcome])).toEqual([
      ['pre_upgrade', false, 'done'],
      ['post_upgrade', false, 'done'],
      ['pre_upgrade', true, 'done'],
      ['post_upgrade', true, 'done'],
    ]);
  });

  test('does not upgrade to an incompatible type, and says where', async () => {
    const report = await rehearse(await snapshotAfter(counter, counterScript), asText);
    expect(report).toMatchObject({ succeeds: false, variables: [] });
    expect(report.hooks.at(-1)).toMatchObject({
      hook: 'post_upgrade',
      outcome: 'trapped',
      error: 'RTS error: Memory-incompatible program upgrade',
    });
    expect(report.hooks.at(-1)?.stack).toContain('register_stable_type');
    expect(report.hooks.at(-1)?.stack?.at(-1)).toBe('post_upgrade');
  });
});

const quick = await rustCanister('quick');
const next = await rustCanister('quick-next');
const reason = quick.ok ? '' : `: ${quick.reason}`;

describe.skipIf(!quick.ok || !next.ok)(`a Rust canister${reason}`, () => {
  const script = '{"call":"init"}\n{"call":"update","method":"fill","arg":"(200)"}';
  const old = quick.ok ? quick.path : '';
  const wasm = next.ok ? next.path : '';

  test('upgrades to a version with another map, and back', async () => {
    const report = await rehearse(await snapshotAfter(old, script), wasm, { back: true });
    expect(report.succeeds).toBe(true);
    expect(report.structures).toContainEqual({
      part: 'memory/7/btreemap',
      kind: 'btreemap',
      change: 'added',
      lengthAfter: '200',
    });
    expect(report.pagesAfter).toBeGreaterThan(report.pagesBefore);
  });

  test('a post_upgrade that reads beyond the end traps: the stack, the address, and whose bytes came before', async () => {
    const snapshot = await snapshotAfter(old, script);
    const report = await rehearse(snapshot, wasm, { arg: '(opt "read beyond the end")' });
    const [before, after] = report.hooks;
    expect([report.succeeds, before?.outcome, after?.outcome]).toEqual([false, 'done', 'trapped']);
    expect(report.pagesAfter).toBe(report.pagesBefore);
    expect(after?.error).toMatch(/^stable memory out of bounds: 1 byte at 0x/);
    expect(after?.stack?.at(-1)).toBe('canister_post_upgrade');
    expect(after?.lastAccess).toMatchObject({ kind: 'read', length: 1, owners: [] });
    expect(after?.accessBefore?.owners).toContain('memory 3');
  });

  test.each([
    ['a main memory that is cut', (folder: string) => truncateSync(join(folder, 'wasm_memory.bin'), 1_000_000)],
    [
      'a download that is not complete',
      (folder: string) =>
        writeFileSync(
          join(folder, '.download_progress.json'),
          '{"stable_memory":{"frontier":1000000000},"wasm_memory":{"frontier":9}}',
        ),
    ],
  ])('%s is refused', async (_name, damage) => {
    const snapshot = await snapshotAfter(old, script);
    damage(snapshot);
    await expect(rehearse(snapshot, wasm)).rejects.toThrow(/is not complete/);
  });

  test('a snapshot without main memory runs post_upgrade alone', async () => {
    const snapshot = await snapshotAfter(old, script);
    rmSync(join(snapshot, 'wasm_memory.bin'));
    const report = await rehearse(snapshot, old);
    expect(report.hooks.map(({ hook }) => hook)).toEqual(['post_upgrade']);
    expect(report.remarks).toEqual(['The snapshot has no main memory, so pre_upgrade did not run.']);
  });
});
