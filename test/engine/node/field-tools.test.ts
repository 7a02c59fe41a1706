import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, readBytes } from '../../../engine/core/memory/memory.ts';
import { type OpenImage, type OpenOptions, openImage } from '../../../engine/node/open-image.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { overlayBytes } from '../replica/overlay-bytes.ts';

/** Folders written by download tools, a local replica and other tools. */
const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'field-tools');
let root = '';
const open: OpenImage[] = [];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'field-tools-'));
  execFileSync('tar', ['-xzf', join(FIXTURES, 'snapshot-folders.tar.gz'), '-C', root]);
});
afterAll(() => {
  for (const image of open) image.close();
  rmSync(root, { recursive: true, force: true });
});

const fixture = (...path: readonly string[]): string => join(root, ...path);
/** Returns a copy that a test may change. */
function copyOf(name: string): string {
  const copy = mkdtempSync(join(root, `${name}-`));
  cpSync(fixture(name), copy, { recursive: true });
  return copy;
}

async function opened(path: string, options: OpenOptions = {}): Promise<OpenImage> {
  const image = await openImage(path, options);
  if ('problem' in image) throw new Error(image.problem);
  open.push(image);
  return image;
}

async function problem(path: string): Promise<string> {
  const image = await openImage(path);
  if (!('problem' in image)) throw new Error('It was opened.');
  return image.problem;
}

interface Checked {
  readonly title: string;
  readonly bytes: number;
  /** The number of elements of each structure that has any. */
  readonly lengths: Readonly<Record<string, number | bigint | undefined>>;
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  readonly remarks: string;
}

async function checked(path: string): Promise<Checked> {
  const image = await openImage(path);
  if ('problem' in image) throw new Error(image.problem);
  try {
    const snapshot = openSnapshot(image);
    const { findings } = scanImage(snapshot);
    return {
      title: snapshot.title,
      bytes: snapshot.bytes,
      lengths: Object.fromEntries(snapshot.structures.map(({ part, structure }) => [part, structure.length])),
      codes: findings.map(({ code }) => code),
      messages: findings.map(({ message }) => message),
      remarks: snapshot.remarks.join(' '),
    };
  } finally {
    image.close();
  }
}

/** Content of the memory that these folders share. */
const SOUND = { 'memory/0/btreemap': 450, 'memory/1/vec': 260, 'memory/3/log': 87, 'memory/6/btreemap': 12 };
const sizes = ({ lengths }: Checked): unknown =>
  Object.fromEntries(Object.keys(SOUND).map((part) => [part, lengths[part] === undefined ? undefined : Number(lengths[part])]));

describe("a replica's state", () => {
  const REPLICA = 'r-replica-base-and-overlay';
  const canister = (folder: string): string => {
    const [height = ''] = readdirSync(join(folder, 'checkpoints'));
    return join(folder, 'checkpoints', height, 'canister_states', '00000000000000010101');
  };
  const stateOf = (name: string) => {
    const folder = fixture(name);
    const own = canister(folder);
    return [folder, join(own, '..', '..', '..'), join(own, '..', '..'), join(own, '..'), own];
  };

  for (const name of [REPLICA, 'q-replica-overlay']) {
    test(`${name} is one memory, whichever of its folders is opened`, async () => {
      for (const path of stateOf(name)) {
        const found = await checked(path);
        expect([path, sizes(found), found.codes]).toEqual([path, SOUND, []]);
        expect(found.title).toBe('rrkah-fqaaa-aaaaa-aaaaq-cai');
        expect(found.remarks).toMatch(/overlay file/);
      }
    });
  }

  test('its base file and its overlay lead to the same memory', async () => {
    const own = canister(fixture(REPLICA));
    for (const name of ['stable_memory.bin', '00000000000000c8_0000_stable_memory.overlay']) {
      expect(sizes(await checked(join(own, name)))).toEqual(SOUND);
    }
  });

  test('newer overlays win page by page, and nothing is copied', async () => {
    const own = canister(copyOf('q-replica-overlay'));
    writeFileSync(
      join(own, '0000000000000065_0000_stable_memory.overlay'),
      overlayBytes(
        new Map([
          [400, 1],
          [402, 2],
        ]),
      ),
    );
    writeFileSync(
      join(own, '0000000000000066_0000_stable_memory.overlay'),
      overlayBytes(
        new Map([
          [401, 3],
          [402, 4],
        ]),
      ),
    );
    writeFileSync(join(own, '0000000000000066_0001_stable_memory.overlay'), overlayBytes(new Map([[403, 5]])));
    const image = await openImage(own);
    if ('problem' in image) throw new Error(image.problem);
    const bytes = [399, 400, 401, 402, 403, 404].map((page) => readBytes(image.memory, at(0, page * 4096 + 9), 1)[0]);
    expect([bytes, image.bytes]).toEqual([[0, 1, 3, 4, 5, 0], 26 * 65_536]);
    expect(image.files).toHaveLength(4);
    image.close();
  });

  test('the size in the state is used if pages were never written', async () => {
    const own = canister(copyOf('q-replica-overlay'));
    // Field 27, a varint: 300 pages.
    writeFileSync(join(own, 'canister.pbuf'), Uint8Array.of(0x0a, 0, 0xd8, 1, 0xac, 2));
    expect((await opened(own)).bytes).toBe(300 * 65_536);
  });

  test('names come from software.wasm, and the main memory from vmemory_0', async () => {
    const image = await opened(canister(fixture('q-replica-overlay')));
    expect(image.names?.size).toBeGreaterThan(0);
  });

  test('the user has to choose one of several canisters', async () => {
    const state = copyOf('q-replica-overlay');
    const states = join(canister(state), '..');
    cpSync(join(states, '00000000000000010101'), join(states, '00000000000000020101'), { recursive: true });
    const said = await problem(state);
    expect(said).toMatch(/2 canisters/);
    expect(said).toContain('rrkah-fqaaa-aaaaa-aaaaq-cai');
    expect(said).toContain(join('canister_states', '00000000000000020101'));
  });

  test('the newest checkpoint is used', async () => {
    const state = copyOf('q-replica-overlay');
    const later = join(state, 'checkpoints', '0000000000000100', 'canister_states', '00000000000000010101');
    mkdirSync(later, { recursive: true });
    writeFileSync(join(later, '0000000000000100_0000_stable_memory.overlay'), overlayBytes(new Map([[40, 7]])));
    expect((await opened(state)).bytes).toBe(3 * 65_536);
  });

  test('a damaged overlay is reported', async () => {
    const own = canister(copyOf(REPLICA));
    truncateSync(join(own, '00000000000000c8_0000_stable_memory.overlay'), 50_000);
    expect(await problem(own)).toMatch(/stable_memory\.overlay is not a complete overlay file/);
  });

  test('an overlay of its main memory also leads to it', async () => {
    const own = canister(fixture('q-replica-overlay'));
    expect(sizes(await checked(join(own, '0000000000000064_0000_vmemory_0.overlay')))).toEqual(SOUND);
  });

  test('a single overlay is reported', async () => {
    const alone = join(root, '0000000000000064_0000_stable_memory.overlay');
    cpSync(join(canister(fixture('q-replica-overlay')), '0000000000000064_0000_stable_memory.overlay'), alone);
    expect(await problem(alone)).toMatch(/This is an overlay file of a replica, .* not a whole memory/);
    const other = join(root, 'renamed.bin');
    renameSync(alone, other);
    expect(await problem(other)).toMatch(/overlay file of a replica/);
  });
});

describe('Juno', () => {
  test('its snapshot opens with its metadata, from any of its paths', async () => {
    const id = '0x0000000000000000800000000010000a0101';
    for (const path of [[], ['.snapshots'], ['.snapshots', id], ['.snapshots', id, 'stable.bin']]) {
      const found = await checked(fixture('o-juno', ...path));
      expect([found.title, sizes(found), found.codes, found.remarks]).toEqual([id, SOUND, [], '']);
    }
    expect((await opened(fixture('o-juno'))).names?.size).toBeGreaterThan(0);
  });

  test('its metadata shows missing bytes', async () => {
    const copy = copyOf('o-juno');
    const [id = ''] = readdirSync(join(copy, '.snapshots'));
    truncateSync(join(copy, '.snapshots', id, 'stable.bin'), 700_000);
    expect((await checked(copy)).codes).toEqual(['image.not-downloaded']);
  });

  test('a snapshot of a canister without stable memory is empty', async () => {
    const copy = copyOf('o-juno');
    const [id = ''] = readdirSync(join(copy, '.snapshots'));
    const metadata = join(copy, '.snapshots', id, 'metadata.json');
    rmSync(join(copy, '.snapshots', id, 'stable.bin'));
    expect(await problem(copy)).toMatch(/has no stable_memory\.bin/);
    writeFileSync(metadata, readFileSync(metadata, 'utf8').replaceAll('"786432"', '"0"'));
    expect((await opened(copy)).bytes).toBe(0);
  });

  test('the user has to choose one of several snapshots', async () => {
    const copy = copyOf('o-juno');
    const [id = ''] = readdirSync(join(copy, '.snapshots'));
    cpSync(join(copy, '.snapshots', id), join(copy, '.snapshots', '0x01'), { recursive: true });
    expect(await problem(copy)).toContain(join('.snapshots', '0x01'));
  });
});

describe('a download', () => {
  for (const name of ['j-dfx-cut-in-heap', 'k-dfx-metadata-only']) {
    test(`${name} that stopped before the stable memory must be resumed`, async () => {
      const said = await problem(fixture(name));
      expect(said).toMatch(/--resume/);
      expect(said).not.toMatch(/Download one/);
    });
  }

  for (const [name, more] of [
    ['x1-sed-longer', 2],
    ['y-icml-patched', 196_608],
  ] as const) {
    test(`${name}: a file longer than its metadata says is a finding with the difference`, async () => {
      const { codes, messages, bytes } = await checked(fixture(name));
      expect(codes).toEqual(['image.length']);
      expect(messages[0]).toContain(`${more.toLocaleString('en-US')} bytes longer than its metadata says`);
      expect(bytes).toBe(786_432 + more);
    });
  }

  test('the same for any file and any difference', async () => {
    for (const more of [1, 65_535, 65_536, 4_000_000]) {
      const copy = copyOf('f-bom');
      truncateSync(join(copy, 'stable_memory.bin'), 786_432 + more);
      expect((await checked(copy)).codes).toEqual(['image.length']);
    }
  });

  test('a file that is 2 bytes shorter is not completely downloaded, or was edited', async () => {
    const copy = copyOf('f-bom');
    truncateSync(join(copy, 'stable_memory.bin'), 786_430);
    const { codes, messages, remarks } = await checked(copy);
    expect(codes).toEqual(['image.not-downloaded']);
    expect(messages[0]).toContain('the file is 2 bytes shorter than its metadata says, 786,430, not 786,432');
    expect(remarks).toMatch(/If it was edited instead/);
  });

  test('its main memory leads to the snapshot', async () => {
    expect(sizes(await checked(fixture('f-bom', 'wasm_memory.bin')))).toEqual(SOUND);
  });

  test('metadata with a byte order mark is read', async () => {
    const found = await checked(fixture('f-bom'));
    expect([sizes(found), found.codes, found.remarks]).toEqual([SOUND, [], '']);
  });

  test('cut metadata is reported with its end', async () => {
    expect((await checked(fixture('z4-meta-cut'))).remarks).toMatch(/metadata\.json is not JSON: it ends too early, at byte 100/);
    const whole = readFileSync(fixture('x1-sed-longer', 'metadata.json'));
    for (const length of [1, 17, 60, 200, 640]) {
      const copy = copyOf('z4-meta-cut');
      writeFileSync(join(copy, 'metadata.json'), whole.subarray(0, length));
      expect((await checked(copy)).remarks).toContain(`it ends too early, at byte ${length}`);
    }
  });

  test('metadata that is not JSON is reported with the position of the error', async () => {
    const copy = copyOf('z4-meta-cut');
    writeFileSync(join(copy, 'metadata.json'), '{"é": 1, x: 2}');
    expect((await checked(copy)).remarks).toContain('it has an error at byte 10');
  });
});

test('memories are named from the ledger of ic-memory, but labels take precedence', async () => {
  const names = async (options?: OpenOptions) =>
    openSnapshot(await opened(fixture('ic-memory-0.11'), options)).spaces.map(({ name }) => name);
  expect(await names()).toEqual([undefined, 'app.users.v1']);
  const labels = join(root, 'labels.json');
  writeFileSync(labels, '{"memories": {"0": {"name": "ledger"}, "100": {"name": "people"}}}');
  expect(await names({ labels })).toEqual(['ledger', 'people']);
});

describe('compressed files', () => {
  const memory = (): Buffer => readFileSync(fixture('f-bom', 'stable_memory.bin'));

  test('Zstandard is read', async () => {
    expect(sizes(await checked(join(FIXTURES, 't5-stable_memory.bin.zst')))).toEqual(SOUND);
    const copy = copyOf('f-bom');
    rmSync(join(copy, 'stable_memory.bin'));
    writeFileSync(join(copy, 'stable_memory.bin.zst'), zstdCompressSync(memory()));
    expect(sizes(await checked(copy))).toEqual(SOUND);
    expect((await opened(copy)).names?.size).toBeGreaterThan(0);
  });

  test('Zstandard has the same limit', async () => {
    const path = join(root, 'limit.zst');
    writeFileSync(path, zstdCompressSync(memory()));
    const image = await openImage(path, { unpackLimit: 100_000 });
    expect('problem' in image ? image.problem : '').toMatch(/more than 97\.7 KiB/);
  });

  test('a file that is not compressed, though its name says so', async () => {
    const path = join(root, 'memory.bin.zst');
    writeFileSync(path, memory());
    expect(await problem(path)).toMatch(/is not a Zstandard file/);
  });

  test('progress is reported', async () => {
    const steps: (readonly [number, number])[] = [];
    await opened(join(FIXTURES, 't5-stable_memory.bin.zst'), { onUnpack: (...step) => steps.push(step) });
    expect(steps.at(-1)).toEqual([14_059, 14_059]);
  });
});

describe('a file that is not a stable memory is recognised', () => {
  const put = (name: string, bytes: Uint8Array | string): string => {
    const path = join(root, name);
    writeFileSync(path, bytes);
    return path;
  };
  const tar = (): Buffer => execFileSync('tar', ['-cf', '-', '-C', root, 'f-bom'], { maxBuffer: 2 ** 26 });

  test('archives', async () => {
    expect(await problem(join(FIXTURES, 't1-snapshot.tar.gz'))).toMatch(
      /This is a tar archive compressed with gzip: unpack it, then open/,
    );
    expect(await problem(join(FIXTURES, 't4-snapshot.zip'))).toMatch(/This is a zip archive: unpack it, then open/);
    expect(await problem(put('a.tar', tar()))).toMatch(/This is a tar archive: unpack it/);
    expect(await problem(put('a.tar.zst', zstdCompressSync(tar())))).toMatch(/tar archive compressed with Zstandard/);
    // A tar archive with the length of a memory is still not a memory.
    expect(await problem(put('b.tar', Buffer.concat([tar(), new Uint8Array(65_536 - (tar().length % 65_536))])))).toMatch(/tar/);
    const begins = (...start: readonly number[]) =>
      Uint8Array.from({ length: 3_000 }, (_, index) => start[index] ?? index & 0xff);
    expect(await problem(put('a.xz', begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)))).toMatch(/xz data: unpack it/);
    expect(await problem(put('a.7z', begins(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)))).toMatch(/7z archive/);
    expect(await problem(put('a.rar', begins(0x52, 0x61, 0x72, 0x21, 0x1a, 7)))).toMatch(/RAR archive/);
    expect(await problem(put('twice.gz', gzipSync(gzipSync(begins(1, 2, 3)))))).toMatch(/This is gzip data: unpack it/);
  });

  test('modules, JSON and others', async () => {
    expect(await problem(put('page.bin', '<!doctype html><p>Sign in</p>'))).toMatch(/CANISTER SNAPSHOT" \(.*page\.bin\)\.$/);
    expect(await problem(fixture('f-bom', 'wasm_module.bin'))).toMatch(/This is a WebAssembly module/);
    expect(await problem(put('m.wasm.gz', gzipSync(readFileSync(fixture('f-bom', 'wasm_module.bin')))))).toMatch(
      /WebAssembly module/,
    );
    expect(await problem(fixture('f-bom', 'metadata.json'))).toMatch(/This is the metadata of a snapshot/);
    expect(await problem(put('p.json', JSON.stringify({ blob: 'TUdSAQ==' })))).toMatch(/PocketIC's response/);
    expect(await problem(put('n.json', '\n[1, 2, 3]\n'))).toMatch(/This is JSON text/);
    expect(await problem(put('page.bin', '<!DOCTYPE html><html>404</html>'))).toMatch(/web page/);
    expect(await problem(put('lfs.bin', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'))).toMatch(
      /Git LFS/,
    );
  });

  test('a memory that starts like one of them is read', async () => {
    const starts = [
      'PK\u0003\u0004',
      '\u0000asm\u0001\u0000\u0000\u0000',
      '{"users": 3}',
      'BZh91AY&SY',
      '7z\u00bc\u00af\u0027\u001c',
    ];
    for (const start of starts) {
      const memory = Buffer.alloc(65_536 * 2);
      memory.write(start, 0, 'latin1');
      expect((await opened(put('memory.bin', memory))).bytes).toBe(131_072);
    }
  });

  test('a file with the declared size is not questioned', async () => {
    const copy = copyOf('f-bom');
    const bytes = Buffer.alloc(786_432, 1);
    bytes.set([0x50, 0x4b, 3, 4]);
    writeFileSync(join(copy, 'stable_memory.bin'), bytes);
    expect((await opened(copy)).bytes).toBe(786_432);
  });
});
