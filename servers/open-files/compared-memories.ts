import { UserError } from '../../engine/core/user-error.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { ComparedMemory } from '../../engine/views/diff/calls.ts';
import type { Snapshots } from './snapshots.ts';

/** The memories of a comparison. They are opened when it begins, and closed with it. */
export class ComparedMemories {
  readonly #snapshots: Snapshots;
  #paths: string[] = [];

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** Opens a memory with the names that its project declares. @throws UserError if it cannot be opened */
  async open(memory: ComparedMemory, folders: readonly string[]): Promise<Snapshot> {
    if (memory.kind === 'step') throw new UserError('request', 'Steps of traces cannot be compared yet.');
    const { path } = memory;
    this.#paths.push(path);
    const snapshot = await this.#snapshots.get(path);
    return (await this.#snapshots.takeNames(path, folders))?.snapshot ?? snapshot;
  }

  async closeAll(): Promise<void> {
    const paths = this.#paths;
    this.#paths = [];
    for (const path of paths) await this.#snapshots.close(path);
  }
}
