/** The canisters that the benchmark records, and a call of each. */
import { join } from 'node:path';
import { type PreparedModule, prepareModule } from '../../../engine/recorder/prepared-module.ts';
import { rustCanister } from '../../canisters/rust/build.ts';
import { canister } from '../../engine/recorder/canister.ts';
import { compile, type Persistence } from '../../peers/motoko/compile.ts';

export interface Subject {
  readonly name: string;
  readonly module: PreparedModule;
  /** The argument that it is installed with. */
  readonly installation: Uint8Array;
  readonly method: string;
  /** Number of measured calls. */
  readonly calls: number;
  argument(call: number): Uint8Array;
}

const NO_ARGUMENTS = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 0);

function prepared(module: Uint8Array): PreparedModule {
  const result = prepareModule(module);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

/** A method of two reads and two writes. */
export function smallMethod(): Subject {
  const module = canister((code) => ({
    exports: {
      canister_init: code.run('stable64_grow', 16),
      'canister_update go': [
        ...code.run('msg_arg_data_copy', 0, 0, 8),
        ...code.run('stable64_read', 16, 0, 16),
        ...code.writeStable(0, 0, 8),
        ...code.run('stable64_read', 16, 4096, 16),
        ...code.writeStable(4096, 0, 32),
        ...code.run('msg_reply'),
      ],
    },
  }));
  const argument = new Uint8Array(8);
  return {
    name: 'a small method',
    module: prepared(module),
    installation: new Uint8Array(),
    method: 'go',
    calls: 100_000,
    argument: () => argument,
  };
}

/** The Rust canister's insertion into several structures, or undefined if there is no compiler. */
export async function rustMethod(): Promise<Subject | undefined> {
  const built = await rustCanister('quick');
  if (!built.ok) return undefined;
  const encoder = new TextEncoder();
  return {
    name: 'insertion into Rust structures',
    module: prepared(built.module),
    installation: Uint8Array.from(Buffer.from('4449444c016e71010000', 'hex')),
    method: 'insert',
    // Each has two hundred events.
    calls: 5000,
    argument: (call) => {
      const key = encoder.encode(String((call * 7919) % 100_003).padStart(6, '0'));
      return Uint8Array.of(...NO_ARGUMENTS.subarray(0, 4), 1, 0x6d, 0x7b, 2, 0x71, 0, key.length, ...key, 10, ...key, 1, 2, 3, 4);
    },
  };
}

/** The notes in a Motoko actor's regions. */
export function motokoMethod(persistence: Persistence): Subject {
  const { wasm } = compile(join('..', '..', 'fixtures', 'record', 'notes.mo'), persistence);
  const text = new TextEncoder().encode('a note of thirty-two bytes, all.');
  const argument = Uint8Array.of(...NO_ARGUMENTS.subarray(0, 4), 0, 1, 0x71, text.length, ...text);
  const name = persistence === 'enhancedOP' ? 'a note, enhanced persistence' : 'a note, classical persistence';
  return { name, module: prepared(wasm), installation: NO_ARGUMENTS, method: 'add', calls: 100_000, argument: () => argument };
}
