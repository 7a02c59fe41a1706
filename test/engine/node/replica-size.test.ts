import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { openImage } from '../../../engine/node/open-image.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { imageBytes } from '../../fixtures.ts';
import { overlayBytes, pagesOf } from '../replica/overlay-bytes.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'replica-size-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

// Their last buckets or blocks were never written to their ends, so that a replica has no pages of these in its files.
test.each(['mm-basic', 'mm-default-bucket', 'regions-basic-eop', 'memory-region-churn', 'btreemap-v2-u64-text'])(
  '%s is as large in a replica’s state, whose size is not known, as its manager has made it',
  async (name) => {
    const bytes = imageBytes(name);
    const folder = mkdtempSync(join(root, name));
    writeFileSync(join(folder, '0000000000000001_0000_stable_memory.overlay'), overlayBytes(pagesOf(bytes)));
    const image = await openImage(folder);
    if ('problem' in image) throw new Error(image.problem);
    const found = scanImage(openSnapshot(image));
    image.close();
    const whole = scanImage(openSnapshot({ ...image, memory: new SourceMemory(new BytesSource(bytes)), bytes: bytes.length }));
    expect([found.findings, image.missing]).toEqual([whole.findings, []]);
    expect(found.usage).toMatchObject({ live: whole.usage.live, metadata: whole.usage.metadata });
  },
);
