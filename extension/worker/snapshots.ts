import { openImage } from '../../engine/node/open-image.ts';
import { Snapshot } from '../../engine/snapshot/snapshot.ts';

/** What the user may read about why something cannot be shown. */
export class Refusal extends Error {}

interface Open {
  readonly snapshot: Snapshot;
  close(): void;
}

/** The snapshots that are open, by path: opened by the first question about them. */
export class Snapshots {
  readonly #open = new Map<string, Promise<Open>>();
  readonly #unpackLimit: number | undefined;

  constructor(unpackLimit: number | undefined) {
    this.#unpackLimit = unpackLimit;
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

  async close(path: string): Promise<void> {
    const opening = this.#open.get(path);
    this.#open.delete(path);
    const open = await opening?.catch(() => undefined);
    open?.close();
  }

  async #openNow(path: string): Promise<Open> {
    const image = await openImage(path, { unpackLimit: this.#unpackLimit });
    if ('problem' in image) throw new Refusal(image.problem);
    return { snapshot: new Snapshot(image), close: () => image.close() };
  }
}
