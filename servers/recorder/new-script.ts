import { basename } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { readCustomSections } from '../../engine/motoko/custom-sections.ts';
import { ModuleReader, readSections } from '../../engine/motoko/program/module.ts';
import { openModule } from '../../engine/node/open-module.ts';
import { decodeUtf8 } from '../../engine/values/utf8.ts';
import { type CandidField, type CandidInterface, type CandidType, parseArguments, parseInterface } from './candid-interface.ts';

const EXPORTS = 7;
const FUNCTION = 0;
const METHOD = /^canister_(update|query|composite_query) (.+)$/;
const SECTION = /^(?:icp:(?:public|private) )?candid:(service|args)$/;
/** Nesting of an example. Deeper values are null, because types may contain themselves. */
const MAX_DEPTH = 5;

/** Returns a script that calls each method of a module once, with examples of their arguments. @throws UserError if it cannot be read */
export async function newScriptText(wasm: string): Promise<string> {
  const { candid, installation, exports } = await readInterface(wasm);
  const types = candid?.types ?? new Map<string, CandidType>();
  const calls = candid
    ? candid.methods.flatMap(({ name, kind, arguments: args, text }) => [
        `// ${name} : ${text}`,
        callLine(kind, name, argumentOf(args, types)),
      ])
    : exports.flatMap((name) => {
        const [, kind, method = ''] = METHOD.exec(name) ?? [];
        return kind === undefined ? [] : [callLine(kind.replace('_', '-'), method, undefined)];
      });
  const others = [
    ...(exports.includes('canister_global_timer') ? [callLine('timer')] : []),
    ...(exports.includes('canister_heartbeat') ? [callLine('heartbeat')] : []),
    callLine('upgrade', undefined, argumentOf(installation, types)),
  ];
  return [
    `// Calls of ${basename(wasm)}, one a line. They run in this order when a trace is recorded.`,
    '// The arguments are examples: edit them, and repeat, move or delete lines.',
    callLine('init', undefined, argumentOf(installation, types)),
    ...calls,
    '// Other calls. An upgrade can name another module with "wasm".',
    ...others.map((line) => `// ${line}`),
    '',
  ].join('\n');
}

interface ModuleInterface {
  readonly candid: CandidInterface | undefined;
  readonly installation: readonly CandidType[];
  /** Names of the exported functions. */
  readonly exports: readonly string[];
}

async function readInterface(wasm: string): Promise<ModuleInterface> {
  const module = await openModule(wasm);
  if (typeof module === 'string') throw new UserError('input', `${wasm} cannot be read. ${module}`);
  try {
    const exports: string[] = [];
    const sections = readSections(module);
    if (sections.length === 0) throw new UserError('input', `${wasm} is not a WebAssembly module.`);
    const reader = new ModuleReader(module);
    for (const { id, start, end } of sections) {
      if (id !== EXPORTS) continue;
      reader.position = start;
      for (let left = reader.count(); left > 0 && reader.position < end; left--) {
        const name = reader.name();
        if (reader.byte() === FUNCTION) exports.push(name);
        reader.count();
      }
    }
    const texts = new Map(
      [...readCustomSections(module, (name) => SECTION.test(name))].map(([name, content]) => [
        SECTION.exec(name)?.[1],
        decodeUtf8(content),
      ]),
    );
    const candid = parseInterface(texts.get('service') ?? '');
    return { candid, installation: parseArguments(texts.get('args') ?? '') ?? candid?.installation ?? [], exports };
  } finally {
    module.close();
  }
}

/** Returns a line of a script. Without an argument its text is left out. */
function callLine(call: string, method?: string, arg?: string): string {
  return JSON.stringify({ call, ...(method === undefined ? {} : { method }), ...(arg === undefined ? {} : { arg }) });
}

function argumentOf(types: readonly CandidType[], definitions: ReadonlyMap<string, CandidType>): string {
  return `(${types.map((type) => exampleOf(type, definitions, 0)).join(', ')})`;
}

/** Returns an example of a type, as Candid's text. */
function exampleOf(type: CandidType, definitions: ReadonlyMap<string, CandidType>, depth: number): string {
  if (depth > MAX_DEPTH) return 'null';
  const inner = (field: CandidField): string => {
    const value = field.type && exampleOf(field.type, definitions, depth + 1);
    return [field.name, value].filter((part) => part !== undefined).join(' = ');
  };
  switch (type.kind) {
    case 'option':
      return 'null';
    case 'vector':
      return type.of.kind === 'name' && type.of.name === 'nat8' ? 'blob ""' : 'vec {}';
    case 'record':
      return type.fields.length === 0 ? 'record {}' : `record { ${type.fields.map(inner).join('; ')} }`;
    case 'variant':
      return `variant { ${type.fields.slice(0, 1).map(inner).join('')} }`;
    case 'function':
      return 'func "aaaaa-aa".method';
    case 'service':
      return 'service "aaaaa-aa"';
    case 'name': {
      const defined = definitions.get(type.name);
      return defined ? exampleOf(defined, definitions, depth + 1) : primitive(type.name);
    }
  }
}

function primitive(name: string): string {
  switch (name) {
    case 'text':
      return '"…"';
    case 'bool':
      return 'false';
    case 'blob':
      return 'blob ""';
    case 'principal':
      return 'principal "2vxsx-fae"';
    case 'float32':
    case 'float64':
      return '0.0';
    default:
      return /^(nat|int)(8|16|32|64)?$/.test(name) ? '0' : 'null';
  }
}
