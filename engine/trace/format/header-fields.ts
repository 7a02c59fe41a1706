/** The header of a trace: a map with these keys in both encodings. Unknown keys are ignored. */
import type { TraceHeader } from '../events.ts';
import { entriesOf, Fields, type TraceForm } from './fields.ts';

const TRACE_MAGIC = 'ic-stable-trace';
const TRACE_VERSION = 1;

const KEYS = ['magic', 'version', 'producer', 'canister', 'wasm_sha256', 'initial'] as const;
const INITIAL_KEYS = ['pages', 'sha256', 'file'] as const;

export type DecodedHeader =
  | { readonly ok: true; readonly header: TraceHeader }
  | { readonly ok: false; readonly code: 'trace.not-a-trace' | 'trace.version' | 'trace.bad-event'; readonly message: string };

/** Decodes the header from a map. */
export function decodeHeader(form: TraceForm, map: unknown): DecodedHeader {
  const values = valuesOf(map, KEYS);
  if (values[0] !== TRACE_MAGIC) {
    return { ok: false, code: 'trace.not-a-trace', message: `This is not a trace: the header has no "magic": "${TRACE_MAGIC}".` };
  }
  const fields = new Fields();
  fields.open(form, 'the header', values);
  const version = fields.uint(1, 'version');
  if (version > TRACE_VERSION) {
    const message = `The trace has version ${version}, but only version ${TRACE_VERSION} is supported. A newer release of this tool may support it.`;
    return { ok: false, code: 'trace.version', message };
  }
  const header: TraceHeader = {
    version,
    producer: fields.text(2, 'producer'),
    canister: fields.has(3) ? fields.bytes(3, 'canister') : undefined,
    wasmSha256: fields.has(4) ? fields.sha256(4, 'Wasm checksum') : undefined,
    initial: undefined,
  };
  const hasInitial = fields.has(5);
  if (fields.problem !== undefined) return { ok: false, code: 'trace.bad-event', message: fields.problem };
  if (!hasInitial) return { ok: true, header };
  fields.open(form, "the header's initial state", valuesOf(values[5], INITIAL_KEYS));
  const initial = {
    pages: fields.uint(0, 'number of pages'),
    sha256: fields.sha256(1, 'checksum'),
    file: fields.optionalText(2, 'file'),
  };
  if (fields.problem !== undefined) return { ok: false, code: 'trace.bad-event', message: fields.problem };
  return { ok: true, header: { ...header, initial } };
}

/** Returns the present entries of the header, in the order of the format's description. */
export function encodeHeader(header: TraceHeader): Readonly<Record<string, unknown>> {
  const { initial } = header;
  return present({
    magic: TRACE_MAGIC,
    version: header.version,
    producer: header.producer,
    canister: header.canister,
    wasm_sha256: header.wasmSha256,
    initial: initial && present({ pages: initial.pages, sha256: initial.sha256, file: initial.file }),
  });
}

function present(entries: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

function valuesOf(map: unknown, keys: readonly string[]): readonly unknown[] {
  const found = new Map(entriesOf(map) ?? []);
  return keys.map((key) => found.get(key));
}
