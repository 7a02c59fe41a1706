/** Reads, converts, writes and replays traces of stable memories and of allocators. */
export type { Address, ReadableMemory } from './core/memory/memory.ts';
export type { ByteSource } from './core/memory/source.ts';
export type { Bytes } from './public/bytes.ts';
export { addressOf } from './public/bytes.ts';
export { convertTrace, openTrace } from './public/open-trace.ts';
export type { Timeline, TimelineOptions, Trace, TraceSpace } from './public/timeline.ts';
export type { Fault } from './trace/analysis/faults.ts';
export type { Verification } from './trace/analysis/verify.ts';
export type {
  EventKind,
  MessageKind,
  Outcome,
  SpaceKind,
  SpaceNumber,
  SpaceParams,
  TraceEvent,
  TraceHeader,
} from './trace/events.ts';
export type { TraceFinding } from './trace/format/trace-sink.ts';
export type { ByteSink, TraceWriter } from './trace/format/writer.ts';
export { CborTraceWriter, encodeTrace, JsonLinesTraceWriter } from './trace/format/writer.ts';
export type { ImportedTrace } from './trace/import/imported-trace.ts';
export type { FreeBlock } from './trace/state/allocation-state.ts';
export type { LiveBlock } from './trace/state/block-tree.ts';
