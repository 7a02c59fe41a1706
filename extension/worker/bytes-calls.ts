import { interactiveBudget } from '../../engine/core/budget.ts';
import { formatCounted } from '../../engine/core/format.ts';
import { at, offsetAt, readBytes } from '../../engine/core/memory/memory.ts';
import { nameOfPart } from '../../engine/core/part-ids.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { byteFields } from '../../engine/views/bytes/byte-fields.ts';
import { bytesOf, bytesOfSpace } from '../../engine/views/bytes/bytes-of.ts';
import type { BytesCalls } from '../../engine/views/bytes/calls.ts';
import { copiedBytes, MAX_COPIED } from '../../engine/views/bytes/copied-bytes.ts';
import { dataAt } from '../../engine/views/bytes/data-at.ts';
import { spaceView } from '../../engine/views/bytes/space-view.ts';
import type { MemoryRef } from '../../engine/views/protocol.ts';

type BytesHandlers = {
  readonly [Name in keyof BytesCalls]: (params: BytesCalls[Name]['params']) => Promise<BytesCalls[Name]['result']>;
};

/** Returns the handlers of the calls about bytes. `snapshot` finds a memory. @throws UserError if it is not there */
export function bytesHandlers(snapshot: (memory: MemoryRef) => Promise<Snapshot>): BytesHandlers {
  return {
    'memory/bytes': async ({ memory, space, offset, length }) => {
      const image = await snapshot(memory);
      if (space === undefined) return bytesOf(image, offset, length);
      return bytesOfSpace(image, image.places.spaceNamed(space) ?? noSpace(space), offset, length);
    },
    'memory/fields': async ({ memory, space, offset, length }) => {
      const image = await snapshot(memory);
      const placed = space === undefined ? undefined : (image.places.spaceNamed(space) ?? noSpace(space));
      const ranges = placed?.memory.toImage(at(0, offset), length) ?? [{ start: offsetAt(0, offset), length }];
      return { space, offset, length, fields: byteFields(image, ranges, interactiveBudget()) };
    },
    'memory/space': async ({ memory, part }) => spaceView(await snapshot(memory), part) ?? noSpace(part),
    'memory/data': async ({ memory, offset, length }) =>
      dataAt(await snapshot(memory), { start: offset, length }, interactiveBudget()),
    'memory/copy': async ({ memory, offset, length, format }) => {
      if (length > MAX_COPIED) throw new UserError('request', `At most ${formatCounted(MAX_COPIED, 'byte')} are copied at once.`);
      return copiedBytes(readBytes((await snapshot(memory)).memory, at(0, offset), length), format);
    },
  };
}

function noSpace(part: string): never {
  throw new UserError('request', `This memory no longer has ${nameOfPart(part)}.`);
}
