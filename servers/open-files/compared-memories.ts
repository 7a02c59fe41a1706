import { basename } from 'node:path';
import { formatCount } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import type { ComparedMemory } from '../../engine/views/diff/calls.ts';
import { snapshotOf } from '../../engine/views/step.ts';
import { approach } from './approach.ts';
import type { EngineSettings, Snapshots } from './snapshots.ts';
import type { Traces } from './traces.ts';

type ComparedStep = Extract<ComparedMemory, { readonly kind: 'step' }>;

/** The memories of a comparison. They are opened when it begins, and closed with it. */
export class ComparedMemories {
  readonly #snapshots: Snapshots;
  readonly #traces: Traces;
  readonly #settings: EngineSettings;
  #paths: string[] = [];
  /** The trace whose step was opened last. Both steps of a comparison are often of the same one. */
  #timeline: { readonly key: string; readonly timeline: Timeline } | undefined;

  constructor(snapshots: Snapshots, traces: Traces, settings: EngineSettings) {
    this.#snapshots = snapshots;
    this.#traces = traces;
    this.#settings = settings;
  }

  /** Opens a memory, a snapshot with the names that its project declares. @throws UserError if it cannot be opened */
  async open(memory: ComparedMemory, folders: readonly string[]): Promise<Snapshot> {
    if (memory.kind === 'step') return this.#openStep(memory);
    const snapshot = await this.#opened(memory.path);
    return (await this.#snapshots.takeNames(memory.path, folders))?.snapshot ?? snapshot;
  }

  async closeAll(): Promise<void> {
    const paths = this.#paths;
    this.#paths = [];
    this.#timeline = undefined;
    for (const path of paths) await this.#snapshots.close(path);
  }

  #opened(path: string): Promise<Snapshot> {
    this.#paths.push(path);
    return this.#snapshots.get(path);
  }

  async #openStep({ trace, step, snapshot }: ComparedStep): Promise<Snapshot> {
    const timeline = await this.#timelineOf(trace, snapshot);
    await approach(timeline.history, step);
    timeline.seek(step);
    const title = `${basename(trace)}, step ${formatCount(step)}`;
    const image = snapshotOf(title, timeline, this.#settings.cost);
    if (image === undefined)
      throw new UserError(
        'request',
        `${basename(trace)} has no image of the memory: it records only what an allocator allocated and freed.`,
      );
    return image;
  }

  async #timelineOf(trace: string, snapshot: string | undefined): Promise<Timeline> {
    const key = JSON.stringify([trace, snapshot]);
    if (this.#timeline?.key === key) return this.#timeline.timeline;
    const open = await this.#traces.open(trace);
    if ('problem' in open) throw new UserError('request', open.problem);
    const image = snapshot === undefined ? undefined : (await this.#opened(snapshot)).memory;
    const timeline = Timeline.open(open.trace, { image, keptBytes: this.#settings.keptBytes });
    this.#timeline = { key, timeline };
    return timeline;
  }
}
