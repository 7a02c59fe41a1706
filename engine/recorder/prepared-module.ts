import { sha256 } from '@noble/hashes/sha2.js';
import { BytesSource } from '../core/memory/source.ts';
import { readCustomSections } from '../motoko/custom-sections.ts';
import { decodeUtf8 } from '../values/utf8.ts';
import { isNarrowFunction, isSystemFunction } from './ic0/functions.ts';
import { instrument, type ModuleInfo } from './instrument/instrument.ts';
import { readFunctionNames } from './instrument/names.ts';
import { compileWasm, exportedFunctions, importedFunctions, type WasmModule } from './web-assembly.ts';

/** A canister's module, ready to be recorded. */
export interface PreparedModule {
  /** The module as it was given. */
  readonly original: Uint8Array;
  /** The instrumented module. */
  readonly compiled: WasmModule;
  readonly info: ModuleInfo;
  /** Names of functions, by their index in the original module. */
  readonly functionNames: ReadonlyMap<number, string>;
  /** Names of the exported functions, such as `canister_update add`. */
  readonly exports: ReadonlySet<string>;
  /** True if an upgrade to this module keeps the main memory: Motoko's enhanced orthogonal persistence. */
  readonly keepsMainMemory: boolean;
  /** The interface, as Candid's text. */
  readonly candidService: string | undefined;
  /** The types of the argument that it is installed with, in brackets. Motoko keeps them apart from the interface. */
  readonly candidArguments: string | undefined;
  readonly sha256: Uint8Array;
}

const KEEPS_MAIN_MEMORY = 'enhanced-orthogonal-persistence';
const CANDID_SERVICE = 'candid:service';
const CANDID_ARGUMENTS = 'candid:args';
const WANTED = [KEEPS_MAIN_MEMORY, CANDID_SERVICE, CANDID_ARGUMENTS];
/** Custom sections of modules on the Internet Computer have one of these prefixes. Modules of tests have none. */
const VISIBILITY = /^icp:(public|private) /;

/** Prepares a module. Returns a sentence if it cannot run. */
export function prepareModule(bytes: Uint8Array): PreparedModule | { readonly problem: string } {
  const instrumented = instrument(bytes);
  if (!instrumented.ok) return { problem: instrumented.problem };
  const { info } = instrumented;
  const compiled = compileWasm(instrumented.bytes);
  if (typeof compiled === 'string') return { problem: whyInvalid(bytes, info, compiled) };
  // The imports that are added come last.
  for (const { module, name } of importedFunctions(compiled).slice(0, info.importedFunctions)) {
    if (module === 'ic0' && info.memory64 && isNarrowFunction(name))
      return {
        problem: `The module imports ic0.${name}, which exists only for modules whose main memory has addresses of 32 bits.`,
      };
    if (module === 'ic0' && isSystemFunction(name)) continue;
    const place =
      module === 'ic0'
        ? 'is not part of the system interface that this recorder knows'
        : 'does not exist on the Internet Computer';
    return { problem: `The module imports ${module}.${name}, which ${place}.` };
  }
  const wanted = readCustomSections(new BytesSource(bytes), (name) => WANTED.includes(bare(name)));
  const sections = new Map([...wanted].map(([name, content]) => [bare(name), content]));
  const textIn = (name: string): string | undefined => {
    const content = sections.get(name);
    return content && decodeUtf8(content);
  };
  return {
    original: bytes,
    compiled,
    info,
    functionNames: readFunctionNames(bytes),
    exports: new Set(exportedFunctions(compiled)),
    keepsMainMemory: sections.has(KEEPS_MAIN_MEMORY),
    candidService: textIn(CANDID_SERVICE),
    candidArguments: textIn(CANDID_ARGUMENTS),
    sha256: sha256(bytes),
  };
}

function bare(name: string): string {
  return name.replace(VISIBILITY, '');
}

function whyInvalid(original: Uint8Array, { memory64 }: ModuleInfo, reason: string): string {
  const own = compileWasm(original);
  // Node 22 and older cannot compile memories and tables of 64-bit addresses.
  if (memory64 && typeof own === 'string')
    return "The module has a memory of 64-bit addresses, as Motoko's enhanced persistence has. Recording it needs Node 24 or newer.";
  if (typeof own === 'string') return `The module is not valid: ${own.replace(/^[^:]*: /, '')}.`;
  return `The module cannot be prepared for recording: ${reason}`;
}
