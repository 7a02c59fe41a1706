/** Records calls on a snapshot. Prints milliseconds, and the peak of memory in bytes. Arguments: snapshot, module, number of calls. */

import { Recorder } from '../../../engine/recorder/recorder.ts';
import { CborTraceWriter } from '../../../engine/trace/format/writer.ts';
import { readModule } from '../../../servers/recorder/module-file.ts';
import { openStart } from '../../../servers/recorder/start-state.ts';

const [snapshot = '', wasm = '', calls = '0'] = process.argv.slice(2);
const start = performance.now();
const { stable, close } = await openStart(snapshot, {});
const module = await readModule(wasm);
const recorder = new Recorder({
  writer: new CborTraceWriter(() => {}),
  header: { version: 1, producer: 'bench', canister: undefined, wasmSha256: undefined, initial: undefined },
  stable,
});
const call = (kind: 'upgrade' | 'update', argument: Uint8Array) =>
  recorder.call(
    { kind, method: 'go', caller: undefined, time: undefined, cycles: 0n, replies: [], seed: undefined },
    argument,
    module,
  );
call('upgrade', new Uint8Array());
const address = new DataView(new ArrayBuffer(8));
for (let index = 0; index < Number(calls); index++) {
  address.setBigUint64(0, BigInt((index * 2_654_435_761) % (2 ** 30 - 8)), true);
  const { outcome } = call('update', new Uint8Array(address.buffer));
  if (outcome !== 'replied') throw new Error(outcome);
}
close();
console.log(`${performance.now() - start} ${process.resourceUsage().maxRSS * 1024}`);
