import type { Sliced } from '../../engine/core/slices.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { WorkPart, WorkResult } from '../../engine/views/protocol.ts';

interface Running {
  readonly work: Sliced<WorkResult>;
  /** The key of the memory that it reads. */
  readonly memory: string;
  part: number | undefined;
}

/** Long work on memories that goes on part by part, as somebody asks for more. */
export class LongWork {
  readonly #running = new Map<number, Running>();
  #count = 0;

  /** Begins work on the memory with this key. Returns its number. */
  begin(memory: string, work: Sliced<WorkResult>): number {
    this.#count += 1;
    this.#running.set(this.#count, { work, memory, part: undefined });
    return this.#count;
  }

  /** Goes on for a number of milliseconds. @throws UserError if the work fails, or was given up */
  more(number: number, milliseconds: number): WorkPart {
    const running = this.#running.get(number);
    if (running === undefined) throw new UserError('request', 'This was given up, because its memory was closed. Try again.');
    const end = performance.now() + milliseconds;
    let isOver = true;
    try {
      while (performance.now() < end) {
        const turn = running.work.next();
        if (turn.done === true) return { isDone: true, ...turn.value };
        running.part = turn.value ?? running.part;
      }
      isOver = false;
    } finally {
      if (isOver) this.#running.delete(number);
    }
    return { isDone: false, part: running.part };
  }

  /** Gives up work. It cleans up what it has begun. */
  stop(number: number): void {
    const running = this.#running.get(number);
    this.#running.delete(number);
    running?.work.return({ text: '', problems: [] });
  }

  /** Gives up all work on a memory that is closed. */
  stopOn(memory: string): void {
    for (const [number, running] of this.#running) if (running.memory === memory) this.stop(number);
  }
}
