import { Timeline as Replay } from '../trace/timeline.ts';
import type { Trace as Recording } from '../trace/trace.ts';
import { snapshotOf as imageOf } from '../views/step.ts';
import { memoryOf } from './bytes.ts';
import { snapshotOf } from './snapshot-of-image.ts';
import type { Timeline, Trace } from './timeline.ts';

/** Returns the public face of a trace that was read. */
export function traceOf(trace: Recording): Trace {
  return {
    headers: trace.segments.map(({ header }) => header),
    count: trace.count,
    steps: trace.steps,
    complete: trace.complete,
    findings: trace.findings,
    event: (index) => trace.at(index),
    events: (from, to) => trace.events(from, to),
    timeline: ({ snapshot } = {}) => timelineOf(Replay.open(trace, snapshot === undefined ? {} : { image: memoryOf(snapshot) })),
  };
}

function timelineOf(replay: Replay): Timeline {
  return {
    steps: replay.steps,
    get position() {
      return replay.position;
    },
    seek: (step) => replay.seek(step),
    step: (by) => replay.step(by),
    event: (step) => replay.event(step),
    get spaces() {
      return replay.spaces.map(({ space, kind, name, pages }) => ({ space, kind, name, pages }));
    },
    blocks: (space) => replay.space(space)?.blocks.fromIndex(0) ?? [],
    freeBlocks: (space) => replay.freeList(space)?.blocks ?? [],
    memory: (space = 0) => replay.memoryOf(space),
    snapshot() {
      const image = imageOf(`step ${replay.position}`, replay);
      return image && snapshotOf(image);
    },
    faults: (step) => (step === undefined ? replay.faults().faults : replay.faultsOf(step)),
    verify: () => replay.verify(),
  };
}
