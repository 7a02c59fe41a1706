import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EqualPages } from '../../../compare/equal-pages.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../../core/memory/memory.ts';
import type { Sliced } from '../../../core/slices.ts';
import { UserError } from '../../../core/user-error.ts';
import { MEMORY_FILE } from '../../folders/downloaded.ts';
import { METADATA_FILE } from '../../folders/metadata.ts';
import { type OpenImage, openImage } from '../../open-image.ts';
import { describeWriteError } from '../output-error.ts';
import { temporary } from '../temporary.ts';
import { assertOutsideSnapshots } from '../write-output.ts';
import { copyNeighbour, withoutPacking } from './copy-neighbour.ts';
import { neighboursOf } from './neighbours.ts';
import { metadataOfMemory, withStableSize } from './new-metadata.ts';
import { writeSparse } from './sparse-file.ts';

export interface SnapshotFolderOptions {
  /** Checks the written snapshot before the folder gets its name. If it throws, nothing remains. */
  readonly check?: (written: OpenImage) => void;
  /** Called often. Other work may run meanwhile. If it throws, nothing remains. */
  readonly pause?: () => Promise<void>;
}

/**
 * Writes a new snapshot folder: that of `source` with another stable memory. The folder appears when all of it is written and was read
 * again without a difference. Returns sentences about what a tool that uploads it would miss.
 * @throws UserError if the folder must not or cannot be written, or if `source` changed meanwhile
 */
export async function writeSnapshotFolder(
  folder: string,
  source: OpenImage,
  memory: ReadableMemory,
  { check = () => undefined, pause = async () => undefined }: SnapshotFolderOptions = {},
): Promise<readonly string[]> {
  const target = resolve(folder);
  assertWhole(source);
  assertNewFolder(target, source);
  const part = `${target}.${randomUUID()}.part`;
  const unfinished = temporary(part);
  try {
    const remarks = await describingErrors(folder, async () => {
      mkdirSync(part);
      return await fill(part, source, memory, pause);
    });
    const change = source.change?.();
    if (change !== undefined) throw new UserError('file', `${change} Nothing was written. Try again when nothing writes to it.`);
    await checkWritten(part, folder, memory, check, pause);
    await describingErrors(folder, async () => {
      assertNewFolder(target, source);
      if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) rmdirSync(target);
      renameSync(part, target);
    });
    unfinished.keep();
    return remarks;
  } finally {
    unfinished.remove();
  }
}

/**
 * Checks that the source has all bytes. Those that it lacks would be zeros in the new snapshot, and would look as if they belonged there.
 * @throws UserError if it does not
 */
function assertWhole({ title, bytes, fileBytes = bytes, declaredBytes = bytes, missing, broken }: OpenImage): void {
  if (missing.length === 0 && broken === undefined && bytes % PAGE_SIZE === 0 && fileBytes <= declaredBytes) return;
  throw new UserError(
    'input',
    `${title} is not the whole snapshot, so no new one can be made from it. "stable-memory check" says what is wrong with the file.`,
  );
}

/** @throws UserError unless nothing is at the path, or an empty folder that is not in a snapshot that is being read. */
export function assertNewFolder(path: string, { files, folder }: OpenImage): void {
  const target = resolve(path);
  assertOutsideSnapshots(target, { inputs: files, folder });
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isDirectory() && readdirSync(target).length === 0)) return;
  throw new UserError('input', `${target} already exists. Choose a new folder.`);
}

async function describingErrors<T>(folder: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Error && 'code' in error) throw new UserError('input', describeWriteError(folder, error));
    throw error;
  }
}

/** Writes all files. Returns sentences about what is missing. */
async function fill(
  part: string,
  source: OpenImage,
  memory: ReadableMemory,
  pause: () => Promise<void>,
): Promise<readonly string[]> {
  const own = source.folder !== undefined && source.stable?.kind !== 'layers' ? source.folder : undefined;
  const name = memoryName(source, own);
  const size = byteLength(memory);
  await run(
    writeSparse(join(part, name), size, (offset, into) => memory.read(at(0, offset), into)),
    pause,
  );
  if (own === undefined) {
    writeFileSync(join(part, METADATA_FILE), metadataOfMemory(size));
    return [
      `Only the stable memory is known, so the folder has no module and no main memory. To upload it, put its ${name} into a copy of the folder that the snapshot was downloaded to.`,
    ];
  }
  const neighbours = neighboursOf(own, name);
  for (const neighbour of neighbours) await run(await copyNeighbour(neighbour, part, neighbours), pause);
  return writeMetadata(own, part, size);
}

/** Returns the name of the memory's file in the new folder: that of the source, unpacked. */
function memoryName({ stable }: OpenImage, folder: string | undefined): string {
  if (folder === undefined || stable?.kind !== 'file' || dirname(resolve(stable.path)) !== resolve(folder)) return MEMORY_FILE;
  return withoutPacking(basename(stable.path));
}

function writeMetadata(from: string, part: string, size: number): readonly string[] {
  let text: string;
  try {
    text = readFileSync(join(from, METADATA_FILE), 'utf8').replace(/^\ufeff/, '');
  } catch {
    return [`The folder of the snapshot has no ${METADATA_FILE}, so the new one has none. Tools need it to upload a snapshot.`];
  }
  const changed = withStableSize(text, size);
  writeFileSync(join(part, METADATA_FILE), changed ?? text);
  return changed === undefined
    ? [
        `${METADATA_FILE} has no size of the stable memory, or cannot be read. It was copied as it is; check it before you upload.`,
      ]
    : [];
}

/** Opens the written snapshot, compares its memory with the one that was to be written, and passes it to `check`. */
async function checkWritten(
  part: string,
  folder: string,
  memory: ReadableMemory,
  check: (written: OpenImage) => void,
  pause: () => Promise<void>,
): Promise<void> {
  const written = await openImage(part);
  if ('problem' in written) throw new UserError('file', `${folder} could not be read again. ${written.problem}`);
  try {
    await run(assertEqual(written.memory, memory, folder), pause);
    check(written);
  } finally {
    written.close();
  }
}

function* assertEqual(written: ReadableMemory, memory: ReadableMemory, folder: string): Sliced<void> {
  if (!(yield* new EqualPages(written, memory).areAllEqual()))
    throw new UserError('file', `${folder} has other bytes than were written. Check the disk, or write elsewhere.`);
}

/** Runs work to its end, with a pause after each piece. */
async function run(work: Iterable<number | undefined>, pause: () => Promise<void>): Promise<void> {
  for (const _ of work) await pause();
}
