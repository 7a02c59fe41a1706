import { finishInBackground, finishInSlices, type Sliced } from '../../core/slices.ts';
import { type Figures, readFigures } from '../../trace/analysis/figures/figures.ts';
import { AccessReader } from '../../trace/analysis/lifetimes/accesses.ts';
import {
  type BlockKinds,
  byFunction,
  byMessage,
  bySize,
  type Division,
  divideBlocks,
} from '../../trace/analysis/lifetimes/block-kinds.ts';
import { readEvents } from '../../trace/analysis/lifetimes/event-reader.ts';
import { type Lifetimes, LifetimesReader } from '../../trace/analysis/lifetimes/lifetimes.ts';
import { MessageNames } from '../../trace/analysis/lifetimes/message-names.ts';
import type { SpaceLife } from '../../trace/analysis/lifetimes/space-life.ts';
import { type WrittenPages, WrittenPagesReader } from '../../trace/analysis/lifetimes/written-pages.ts';
import type { Trace } from '../../trace/trace.ts';
import { MAX_PICTURE_KINDS, type PictureColour } from './calls.ts';
import { type DrawnSpace, drawnSpaces } from './drawn-spaces.ts';

/** The results of one pass over the events. */
interface ReadTrace {
  readonly lifetimes: Lifetimes;
  readonly writtenPages: WrittenPages;
  readonly spaces: readonly DrawnSpace[];
}

function* readTrace(trace: Trace): Sliced<ReadTrace> {
  const lives = new LifetimesReader(trace);
  const accesses = new AccessReader(trace);
  const pages = new WrittenPagesReader(trace);
  yield* readEvents(trace, [lives, accesses, pages]);
  const lifetimes = lives.finished();
  return { lifetimes, writtenPages: pages.finished(), spaces: drawnSpaces(lifetimes.spaces, accesses.memories) };
}

const KNOWN = new WeakMap<Trace, TimelineData>();

/**
 * The facts about one trace that several calls of the timeline view need. Everything is computed in slices when the first call needs
 * it, and kept.
 */
export class TimelineData {
  readonly trace: Trace;
  readonly messageNames: MessageNames;
  #read: Promise<ReadTrace> | undefined;
  readonly #figures = new Map<SpaceLife, Promise<Figures>>();
  readonly #kinds = new Map<string, Promise<BlockKinds>>();

  private constructor(trace: Trace) {
    this.trace = trace;
    this.messageNames = new MessageNames(trace);
  }

  /** Returns what is known about a trace. All who ask about the same trace share it. */
  static of(trace: Trace): TimelineData {
    const known = KNOWN.get(trace) ?? new TimelineData(trace);
    KNOWN.set(trace, known);
    return known;
  }

  async lifetimes(): Promise<Lifetimes> {
    return (await this.#readTrace()).lifetimes;
  }

  async writtenPages(): Promise<WrittenPages> {
    return (await this.#readTrace()).writtenPages;
  }

  /** Returns the spaces that have something to draw. */
  async spaces(): Promise<readonly DrawnSpace[]> {
    return (await this.#readTrace()).spaces;
  }

  /** Returns a space by its number in the calls of the view. */
  async space(number: number): Promise<DrawnSpace | undefined> {
    return (await this.spaces()).find(({ space }) => space === number);
  }

  async figures(life: SpaceLife): Promise<Figures> {
    const { steps } = await this.lifetimes();
    const known = this.#figures.get(life) ?? finishInBackground(readFigures(life, steps));
    this.#figures.set(life, known);
    return known;
  }

  /** Returns the kinds of a space's blocks that a colour of the picture stands for. */
  async kinds(life: SpaceLife, colour: PictureColour): Promise<BlockKinds> {
    const lifetimes = await this.lifetimes();
    const key = `${colour} ${life.identity}`;
    const division = this.#divisionBy(colour, life, lifetimes);
    const known =
      this.#kinds.get(key) ?? finishInSlices(divideBlocks(life.records, division, lifetimes.steps, MAX_PICTURE_KINDS));
    this.#kinds.set(key, known);
    return known;
  }

  #readTrace(): Promise<ReadTrace> {
    this.#read ??= finishInSlices(readTrace(this.trace));
    return this.#read;
  }

  #divisionBy(colour: PictureColour, { records }: SpaceLife, { paths }: Lifetimes): Division {
    switch (colour) {
      case 'size':
        return bySize(records);
      case 'message':
        return byMessage(records, this.messageNames);
      case 'stack':
        return byFunction(records, paths);
    }
  }
}
