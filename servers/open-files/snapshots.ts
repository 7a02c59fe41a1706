import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openImage } from '../../engine/node/open-image.ts';
import type { CostTerms } from '../../engine/snapshot/cost.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { CodecTable } from '../../engine/values/codec-table.ts';

/** What the user's settings say, of what a worker has to know. */
export interface EngineSettings {
  /** The most bytes that a packed file may unpack to. */
  readonly unpackLimit?: number | undefined;
  readonly cost?: CostTerms | undefined;
}

/** What the user may read about why something cannot be shown. */
export class Refusal extends Error {}

interface Open {
  readonly snapshot: Snapshot;
  close(): void;
}

/** The snapshots that are open, by path: opened by the first question about them. */
export class Snapshots {
  readonly #open = new Map<string, Promise<Open>>();
  readonly #codecs = new Map<string, CodecTable>();
  readonly #settings: EngineSettings;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  /** @throws Refusal where there is nothing that could be opened; the next question tries again. */
  async get(path: string): Promise<Snapshot> {
    let opening = this.#open.get(path);
    if (opening === undefined) {
      opening = this.#openNow(path);
      this.#open.set(path, opening);
      opening.catch(() => this.#open.delete(path));
    }
    return (await opening).snapshot;
  }

  /** The codecs that their labels declare, of all of them. Of two with one name that of the snapshot opened last. */
  codecs(): CodecTable {
    return new Map([...this.#codecs.values()].flatMap((table) => [...table]));
  }

  /** The snapshot in a folder: one that is open, else the one that a download puts there, looked at and closed again. */
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
    // By now another may be open in its place.
    if (open !== undefined && this.#codecs.get(path) === open.snapshot.codecs) this.#codecs.delete(path);
    open?.close();
  }

  async #openNow(path: string): Promise<Open> {
    const image = await openImage(path, { unpackLimit: this.#settings.unpackLimit });
    if ('problem' in image) throw new Refusal(image.problem);
    const snapshot = openSnapshot({ ...image, costs: { settings: this.#settings.cost } });
    this.#codecs.set(path, snapshot.codecs);
    return { snapshot, close: () => image.close() };
  }
}
