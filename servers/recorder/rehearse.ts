import type { ReadableMemory } from '../../engine/core/memory/memory.ts';
import { BytesSource } from '../../engine/core/memory/source.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { programIn } from '../../engine/node/snapshot-program.ts';
import type { UnpackOptions } from '../../engine/node/unpack-options.ts';
import { AccessCounter } from '../../engine/recorder/access-counter.ts';
import type { Limits } from '../../engine/recorder/limits.ts';
import type { PreparedModule } from '../../engine/recorder/prepared-module.ts';
import { type CallResult, type MainState, Recorder } from '../../engine/recorder/recorder.ts';
import type { TraceWriter } from '../../engine/trace/format/writer.ts';
import {
  type HookReport,
  hookReport,
  type RehearsalReport,
  snapshotOfMemory,
  structureChanges,
  type VariableChange,
  variableChanges,
} from '../../engine/views/rehearsal.ts';
import { loadCandidText } from './candid-text.ts';
import { readModule } from './module-file.ts';
import { traceStart } from './run-script.ts';
import { openStart, type StartState } from './start-state.ts';

/** An upgrade to be rehearsed. */
export interface RehearsalRequest {
  /** Path of the snapshot, or of a trace whose end is upgraded. */
  readonly snapshot: string;
  /** Path of the new module. */
  readonly wasm: string;
  /** Argument of `post_upgrade`, as Candid's text. */
  readonly arg: string;
  /** True to upgrade back to the snapshot's own module afterwards. */
  readonly back: boolean;
  readonly producer: string;
  readonly limits: Partial<Limits>;
  readonly unpack: UnpackOptions;
}

/** An opened request: all files are read, and nothing has run yet. */
export interface OpenRehearsal {
  /** The files that are read. They must not be overwritten. */
  readonly files: readonly string[];
  /** The folder of the snapshot, which must not be written to. */
  readonly folder: string | undefined;
  /** Runs the upgrade. The writer receives the trace. */
  run(writer: TraceWriter | undefined, isCancelled: () => boolean): RehearsalReport;
  close(): void;
}

/** Reads the snapshot and the modules of a rehearsal. @throws UserError if one cannot be used */
export async function openRehearsal(request: RehearsalRequest): Promise<OpenRehearsal> {
  const module = await readModule(request.wasm);
  const candid = await loadCandidText();
  const argument = candid.encode(request.arg, { module, method: undefined });
  if ('problem' in argument) throw new UserError('input', `The argument of the upgrade is not valid. ${argument.problem}.`);
  const start = await openStart(request.snapshot, request.unpack);
  if (request.back && !start.main) {
    start.close();
    throw new UserError('input', `${request.snapshot} cannot be upgraded back: ${start.lacks ?? 'it has no module'}.`);
  }
  return {
    files: [request.wasm, ...start.files],
    folder: start.folder,
    run: (writer, isCancelled) => rehearse(request, start, module, argument, writer, isCancelled),
    close: () => start.close(),
  };
}

function rehearse(
  { snapshot, producer, limits, back }: RehearsalRequest,
  start: StartState,
  module: PreparedModule,
  argument: Uint8Array,
  writer: TraceWriter | undefined,
  isCancelled: () => boolean,
): RehearsalReport {
  const counter = new AccessCounter(writer);
  let atTrap: ReadableMemory | undefined;
  const recorder = new Recorder({
    writer: counter,
    // Without a trace nobody reads its header, whose checksum takes long for a large memory.
    ...traceStart(start, writer && snapshot, producer, module),
    limits,
    isCancelled,
    onTrap: (memory) => {
      atTrap ??= memory;
    },
  });
  const hooks: HookReport[] = [];
  const upgrade = (to: PreparedModule, bytes: Uint8Array, isBack: boolean): CallResult => {
    const first = counter.messages.length;
    const result = recorder.call({ ...UPGRADE, kind: 'upgrade' }, bytes, to);
    const ran = counter.messages.slice(first);
    for (const [index, accesses] of ran.entries()) {
      if (accesses.kind === 'pre-upgrade' && !start.main) continue;
      const trap = result.outcome === 'trapped' && atTrap && index === ran.length - 1 ? { ...result, memory: atTrap } : undefined;
      hooks.push(hookReport(accesses, isBack, trap));
    }
    return result;
  };
  let result = upgrade(module, argument, false);
  const isUpgraded = result.outcome === 'replied';
  const old = start.main?.module;
  if (isUpgraded && back && old) result = upgrade(old, NO_ARGUMENT, true);
  counter.finish();
  const before = snapshotOfMemory('before', start.stable, running(start.main));
  const after = snapshotOfMemory('after', recorder.stable, running(recorder.main));
  const variables = variableChanges(before, after);
  return {
    schema: 'stable-memory/rehearse/1',
    succeeds: result.outcome === 'replied',
    isUpgraded,
    hooks,
    pagesBefore: start.stable.pages,
    pagesAfter: recorder.stable.pages,
    structures: structureChanges(before, after),
    variables,
    remarks: [
      ...(start.lacks === undefined ? [] : [`${start.lacks}, so pre_upgrade did not run.`]),
      ...(result.outcome === 'rejected' ? [result.error] : []),
      ...aboutHooks(start, module),
      ...variables.flatMap(aboutType),
    ],
  };
}

/** Returns what is known about a running program and its main memory. */
function running(main: MainState | undefined): Parameters<typeof snapshotOfMemory>[2] {
  if (main === undefined) return {};
  const { names, motoko } = programIn(new BytesSource(main.module.original));
  return { wasmMemory: main.memory, program: motoko, names };
}

/** Returns sentences about hooks that a module does not have, and that therefore do nothing. */
function aboutHooks({ main }: StartState, module: PreparedModule): readonly string[] {
  return [
    ...(main && !main.module.exports.has('canister_pre_upgrade') ? ['The module of the snapshot has no pre_upgrade.'] : []),
    ...(module.exports.has('canister_post_upgrade') ? [] : ['The new module has no post_upgrade.']),
  ];
}

const UPGRADE = { method: '', caller: undefined, time: undefined, cycles: 0n, replies: [], seed: undefined } as const;
/** Candid's encoding of no arguments. */
const NO_ARGUMENT = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 0);

/** Returns a sentence about a stable variable with another type: a program with classical persistence drops what does not fit. */
function aboutType({ name, before, after }: VariableChange): readonly string[] {
  if (before?.type === undefined || after?.type === undefined || before.type === after.type) return [];
  return [
    `The type of the stable variable "${name}" is ${after.type}, and was ${before.type}. If the old value is not of the new type, the variable has started anew.`,
  ];
}
