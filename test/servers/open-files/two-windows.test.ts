/** Two windows, each with an engine of its own, on the same files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { Snapshots } from '../../../servers/open-files/snapshots.ts';
import { imageBytes } from '../../fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'windows-'));
const temporary = mkdtempSync(join(tmpdir(), 'windows-temporary-'));
beforeAll(() => {
  vi.stubEnv('TMPDIR', temporary);
});
afterAll(() => {
  vi.unstubAllEnvs();
  for (const path of [folder, temporary]) rmSync(path, { recursive: true, force: true });
});

test.each(['stable_memory.bin', 'stable_memory.bin.gz'])(
  '%s is open in both, and stays open in one when the other closes it',
  async (name) => {
    const bytes = imageBytes('a-before');
    const path = join(folder, name);
    const stored = name.endsWith('.gz') ? gzipSync(bytes) : bytes;
    writeFileSync(path, stored);
    const [one, other] = [new Snapshots({}), new Snapshots({})];
    const [first, second] = await Promise.all([one.get(path), other.get(path)]);
    const findings = scanImage(first).findings.map(({ code }) => code);
    await one.close(path);
    expect(scanImage(second).findings.map(({ code }) => code)).toEqual(findings);
    expect(findings).not.toContain('image.changed');
    await other.close(path);
    expect([Buffer.compare(readFileSync(path), stored), readdirSync(temporary), readdirSync(folder)]).toEqual([0, [], [name]]);
    rmSync(path);
  },
);
