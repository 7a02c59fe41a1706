import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { at, byteLength } from '../../engine/core/memory/memory.ts';
import { openStart } from '../../servers/recorder/start-state.ts';
import { writeSnapshot } from '../../servers/recorder/write-snapshot.ts';
import { Session } from '../engine/recorder/session.ts';

/** Checks that a recording that goes on from a snapshot does what the recording itself does. */
export class GoingOn {
  readonly #folder = mkdtempSync(join(tmpdir(), 'going-on-'));
  #snapshots = 0;

  /** `calls` makes calls in the recording and in another one, which starts with a snapshot of it, and compares what they return. */
  async expectSame(session: Session, calls: (both: (call: (own: Session) => unknown) => void) => void): Promise<void> {
    this.#snapshots += 1;
    const folder = join(this.#folder, String(this.#snapshots));
    writeSnapshot(folder, session.recorder);
    const start = await openStart(folder, {});
    try {
      expect(start.lacks).toBeUndefined();
      const other = new Session({ stable: start.stable, main: start.main });
      calls((call) => expect(call(other)).toEqual(call(session)));
      other.expectReplays({ image: start.stable });
      expect(other.digest).toBe(session.digest);
      expect(Buffer.compare(mainOf(other), mainOf(session))).toBe(0);
      expect(other.recorder.main?.globals).toEqual(session.recorder.main?.globals);
    } finally {
      start.close();
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function mainOf({ recorder: { main } }: Session): Uint8Array {
  if (!main) throw new Error('There is no main memory.');
  const bytes = new Uint8Array(byteLength(main.memory));
  main.memory.read(at(0, 0), bytes);
  return bytes;
}
