import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finishInBackground } from '../../engine/core/slices.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { type OpenImage, openImage } from '../../engine/node/open-image.ts';
import { projectAround } from '../../engine/node/project/find-project.ts';
import { projectNames } from '../../engine/node/project/project-names.ts';
import type { ProjectNames } from '../../engine/project/names.ts';
import type { CostTerms } from '../../engine/snapshot/cost.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot, SnapshotSource } from '../../engine/snapshot/snapshot.ts';
import type { CodecTable } from '../../engine/values/codec-table.ts';

/** The user's settings that a worker needs. */
export interface EngineSettings {
  /** Maximum unpacked size of a compressed file, in bytes. */
  readonly unpackLimit?: number | undefined;
  /** Maximum ranges in the index of a trace. */
  readonly indexLimit?: number | undefined;
  /** Maximum bytes of the states that are kept of a trace. */
  readonly keptBytes?: number | undefined;
  readonly cost?: CostTerms | undefined;
}

/** An open snapshot, and what it was opened from. */
export interface OpenSnapshot {
  readonly snapshot: Snapshot;
  readonly source: SnapshotSource;
  readonly image: OpenImage;
  /** Names that the snapshot was opened with, to compare. */
  readonly names: string;
}

/** A snapshot that was opened again with names. */
export interface NamedSnapshot {
  readonly before: Snapshot;
  readonly snapshot: Snapshot;
}

/** Names of a project that says nothing. */
const NO_NAMES = JSON.stringify([undefined, [], []]);

/** The files of a snapshot, and its folder, if it has one. */
interface SnapshotSources {
  readonly inputs: readonly string[];
  readonly folder: string | undefined;
}

/** The open snapshots, by path. The first request opens a snapshot. */
export class Snapshots {
  readonly #open = new Map<string, Promise<OpenSnapshot>>();
  readonly #codecs = new Map<string, CodecTable>();
  readonly #settings: EngineSettings;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  /** Returns a snapshot and opens it if necessary. @throws UserError if it cannot be opened. The next call tries again. */
  async get(path: string): Promise<Snapshot> {
    return (await this.opened(path)).snapshot;
  }

  /** Returns the files that a snapshot is read from. Opens it if necessary. @throws UserError if it cannot be opened */
  async sources(path: string): Promise<SnapshotSources> {
    const { files: inputs, folder } = (await this.opened(path)).image;
    return { inputs, folder };
  }

  /** Returns a snapshot with its source, and opens it if necessary. @throws UserError if it cannot be opened */
  opened(path: string): Promise<OpenSnapshot> {
    let opening = this.#open.get(path);
    if (opening === undefined) {
      opening = this.#openNow(path);
      this.#open.set(path, opening);
      opening.catch(() => this.#open.delete(path));
    }
    return opening;
  }

  /**
   * Reads what the project of an open snapshot says about it, in the background, and opens it again with that. Returns undefined if
   * there is nothing new, or if it was closed meanwhile.
   *
   * @param folders the folders that the editor has open
   */
  async takeNames(path: string, folders: readonly string[]): Promise<NamedSnapshot | undefined> {
    const opening = this.#open.get(path);
    const root = projectAround(path, folders);
    if (opening === undefined || root === undefined) return undefined;
    const { image } = await opening;
    const project = await finishInBackground(projectNames(root, { path, candid: image.candid }));
    const open = await opening;
    const names = JSON.stringify([project.canister, project.memories, [...project.fields]]);
    if (this.#open.get(path) !== opening || names === open.names) return undefined;
    const source = this.#sourceOf(image, project);
    const snapshot = openSnapshot(source);
    snapshot.decoding.adoptChoices(open.snapshot.decoding);
    this.#open.set(path, Promise.resolve({ snapshot, source, image, names }));
    this.#codecs.set(path, snapshot.codecs);
    return { before: open.snapshot, snapshot };
  }

  /**
   * Returns the codecs that the labels of all open snapshots declare. If two have the same name, the snapshot opened last wins.
   */
  codecs(): CodecTable {
    return new Map([...this.#codecs.values()].flatMap((table) => [...table]));
  }

  /** Returns the snapshot in a folder: an open one, else the downloaded one, which is opened and closed again. */
  async inFolder(folder: string): Promise<Pick<Snapshot, 'title' | 'spaces'> | undefined> {
    const path = [...this.#open.keys()].find((each) => dirname(each) === folder);
    if (path !== undefined) return this.get(path).catch(() => undefined);
    const file = join(folder, 'stable_memory.bin');
    if (!existsSync(file)) return undefined;
    const image = await openImage(file, { unpackLimit: this.#settings.unpackLimit });
    if ('problem' in image) return undefined;
    const { title, spaces } = openSnapshot(image);
    image.close();
    return { title, spaces };
  }

  async close(path: string): Promise<void> {
    const opening = this.#open.get(path);
    this.#open.delete(path);
    const open = await opening?.catch(() => undefined);
    // Another snapshot may be open at this path by now.
    if (open !== undefined && this.#codecs.get(path) === open.snapshot.codecs) this.#codecs.delete(path);
    open?.image.close();
  }

  async #openNow(path: string): Promise<OpenSnapshot> {
    const image = await openImage(path, { unpackLimit: this.#settings.unpackLimit });
    if ('problem' in image) throw new UserError('request', image.problem);
    const source = this.#sourceOf(image, undefined);
    const snapshot = openSnapshot(source);
    this.#codecs.set(path, snapshot.codecs);
    return { snapshot, source, image, names: NO_NAMES };
  }

  #sourceOf(image: OpenImage, project: ProjectNames | undefined): SnapshotSource {
    return { ...image, project, costs: { settings: this.#settings.cost } };
  }
}
