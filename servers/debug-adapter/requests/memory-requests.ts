import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import { instructionsFrom } from '../instructions.ts';
import { readReference } from '../memory-reference.ts';
import { reading } from './launched.ts';

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

export const disassemble = reading<DebugProtocol.DisassembleArguments>(
  ({ debuggee, client }, { memoryReference, offset = 0, instructionOffset = 0, instructionCount }) => ({
    instructions: instructionsFrom(debuggee, memoryReference, offset, instructionOffset, instructionCount, client),
  }),
);
