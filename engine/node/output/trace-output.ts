import { CborTraceWriter, JsonLinesTraceWriter, type TraceWriter } from '../../trace/format/writer.ts';
import { type OutputOptions, openOutput } from './write-output.ts';

/** A trace's file that is being written: as JSON Lines if its name ends in .jsonl, else as CBOR. */
export interface TraceOutput {
  readonly writer: TraceWriter;
  close(): void;
}

/** Creates a trace's file. What was written stays readable if the program ends early. @throws UserError */
export function openTraceOutput(path: string, options: OutputOptions): TraceOutput {
  const file = openOutput(path, options);
  const sink = (bytes: Uint8Array): void => file.write(bytes);
  return {
    writer: path.endsWith('.jsonl') ? new JsonLinesTraceWriter(sink) : new CborTraceWriter(sink),
    close: () => file.close(),
  };
}
