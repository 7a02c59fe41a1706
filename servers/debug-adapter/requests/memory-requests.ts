import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import { evaluateText } from '../expressions/queries.ts';
import { instructionsFrom } from '../instructions.ts';
import { readReference } from '../memory-reference.ts';
import { residentsOf } from '../residents.ts';
import { type Handler, reading } from './launched.ts';

export const readMemory = reading<DebugProtocol.ReadMemoryArguments>(
  ({ debuggee: { timeline }, memoriesRead }, { memoryReference, offset = 0, count }) => {
    const read = readReference(timeline, memoryReference, offset, count);
    if (!read)
      throw new UserError('input', `At this step the memory “${memoryReference}” does not exist, or its bytes are unknown.`);
    memoriesRead.add(memoryReference);
    const { address, bytes, missing } = read;
    return {
      address: `0x${address.toString(16)}`,
      data: Buffer.from(bytes).toString('base64'),
      ...(missing > 0 && { unreadableBytes: missing }),
    };
  },
);

/** Refuses to change the memory. Also refused for clients that do not ask first whether it is possible. */
export const writeMemory: Handler = () => {
  throw new UserError('input', 'The memory of a trace cannot be changed: it is what the steps wrote, and a trace is only read.');
};

/** Our own request: what is in a range of a memory, for memory views that name it. */
export const residents = reading<DebugProtocol.ReadMemoryArguments>(
  ({ debuggee: { timeline } }, { memoryReference, offset = 0, count }) => ({
    residents: residentsOf(timeline, memoryReference, offset, count),
  }),
);

/** Our own request: how many bytes the value of an expression has in its memory. */
export const sizeOf = reading<DebugProtocol.EvaluateArguments>(({ debuggee: { timeline } }, { expression }) => {
  const { byteCount } = evaluateText(expression, timeline);
  if (byteCount === undefined) throw new UserError('input', `“${expression}” has no bytes in a memory.`);
  return { bytes: byteCount };
});

export const disassemble = reading<DebugProtocol.DisassembleArguments>(
  ({ debuggee, client }, { memoryReference, offset = 0, instructionOffset = 0, instructionCount }) => ({
    instructions: instructionsFrom(debuggee, memoryReference, offset, instructionOffset, instructionCount, client),
  }),
);
