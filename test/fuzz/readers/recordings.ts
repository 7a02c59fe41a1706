import { BytesSource } from '../../../engine/core/memory/source.ts';
import { prepareModule } from '../../../engine/recorder/prepared-module.ts';
import { Recorder } from '../../../engine/recorder/recorder.ts';
import { CborTraceWriter } from '../../../engine/trace/format/writer.ts';
import { openTrace } from '../../../engine/trace/import/import.ts';
import { canister, VICTIM } from '../../engine/recorder/canister.ts';
import { mutated } from '../mutate.ts';
import { assert, type Reader } from '../reader.ts';

/** A canister that uses much of what it can use. */
const MODULE = canister((code) => ({
  ...VICTIM,
  data: { 100: 'goget' },
  callbacks: [[...code.wreck(), ...code.reply(0, 8)], code.run('debug_print', 100, 2)],
  exports: {
    canister_init: code.run('stable64_grow', 2),
    canister_pre_upgrade: code.writeStable(8, 100, 4),
    canister_post_upgrade: code.run('stable64_read', 200, 8, 4),
    canister_heartbeat: code.wreck(),
    'canister_update go': [...code.wreck(), ...code.callSelf([102, 3], { reply: 0, cleanup: 1, cycles: 5 })],
    'canister_query get': code.replyState(),
  },
}));
const LIMITS = { callTime: 50, mainMemory: 2 ** 22, stablePages: 1000, events: 2000 };
const CALLS = ['init', 'update', 'query', 'heartbeat', 'upgrade', 'update'] as const;

/** Damaged modules that are still valid run, and their trace can be read. */
export const RECORDING_READER: Reader = {
  name: 'recordings',
  cases: 1000,
  maxTime: 2000,
  run(random) {
    const module = prepareModule(mutated(random, MODULE, [8, 40, 90, 130, MODULE.length - 200, MODULE.length - 90]));
    if ('problem' in module) {
      const { problem } = module;
      assert(/[.?!]$/.test(problem), () => `"${problem}" is not a sentence.`);
      return;
    }
    const chunks: Uint8Array[] = [];
    const writer = new CborTraceWriter((bytes) => chunks.push(bytes));
    const header = { version: 1 as const, producer: 'fuzz', canister: undefined, wasmSha256: undefined, initial: undefined };
    const recorder = new Recorder({ writer, header, limits: LIMITS });
    try {
      for (const kind of CALLS) {
        const method = kind === 'query' ? 'get' : kind === 'update' ? 'go' : '';
        recorder.call(
          { kind, method, caller: undefined, time: undefined, cycles: 9n, replies: [], seed: 1n },
          new Uint8Array(4),
          module,
        );
      }
    } catch (error) {
      assert(error instanceof Error && /which is the limit\.$/.test(error.message), () => String(error));
    }
    writer.finish();
    const trace = openTrace(new BytesSource(Buffer.concat(chunks)));
    assert(trace.complete && trace.findings.length === 0, () => `The trace has findings: ${JSON.stringify(trace.findings)}`);
    assert(trace.steps === recorder.steps, () => `The trace has ${trace.steps} steps and not ${recorder.steps}.`);
  },
};
