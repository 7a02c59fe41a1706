import { partsOf, type StepPart } from '../../engine/trace/analysis/step-parts.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';

/** A part of the current step, and its place among the step's parts. */
export interface CurrentPart {
  readonly part: StepPart;
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/**
 * The part of a step that the user is at, when stepping by instruction. It exists only at the step where it was set. All else that is
 * shown, such as the memory, is the state after the whole step.
 */
export class PartCursor {
  readonly #timeline: () => Timeline;
  #at: { readonly step: number; readonly index: number } | undefined;

  constructor(timeline: () => Timeline) {
    this.#timeline = timeline;
  }

  get current(): CurrentPart | undefined {
    const parts = this.#parts;
    const index = this.#at?.step === this.#timeline().position ? this.#at.index : undefined;
    const part = index === undefined ? undefined : parts[index];
    return part && index !== undefined ? { part, index, count: parts.length } : undefined;
  }

  /** Moves to the next or previous part of the current step. Returns false if the step has no more parts in that direction. */
  move(by: 1 | -1): boolean {
    const { length } = this.#parts;
    // After an ordinary step, all parts of it are done.
    const index = (this.current?.index ?? length - 1) + by;
    if (index < 0 || index >= length) return false;
    this.enter(index);
    return true;
  }

  /** Sets the part of the current step; -1 is the last. */
  enter(index: number): void {
    const { position } = this.#timeline();
    const { length } = this.#parts;
    this.#at = length === 0 ? undefined : { step: position, index: index < 0 ? length - 1 : Math.min(index, length - 1) };
  }

  /** Leaves the parts: the whole step is done. */
  leave(): void {
    this.#at = undefined;
  }

  get #parts(): readonly StepPart[] {
    const timeline = this.#timeline();
    return partsOf(timeline, timeline.position);
  }
}
