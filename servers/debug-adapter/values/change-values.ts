import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { ByteChange, Changes, SpaceChange } from '../../../engine/trace/state/changes.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { PHYSICAL, referenceAt } from '../memory-reference.ts';
import { bytesText, fullBytesText, rangeText } from './event-values.ts';
import { addressValue, type Item, itemsOf, sizeValue, textValue, type Value } from './value.ts';

/** Returns what the step changed: pages, blocks, the free list and bytes. */
export function changesValue(timeline: Timeline): Value {
  const { position } = timeline;
  if (position === 0) return { text: 'nothing: this is the start of the trace', items: itemsOf([]) };
  const changes = timeline.changes();
  const twice: readonly Item[] = timeline.history.faultsOf(position).flatMap(({ code, address, size, block }) =>
    code === 'trace.overlap' && block
      ? [
          {
            label: rangeText(address, size),
            value: textValue(`live twice: ${rangeText(block.address, block.size)} is live since step ${formatCount(block.step)}`),
          },
        ]
      : [],
  );
  const items = [...twice, ...changeItems(timeline, changes)];
  const more = changes.more ? ' and more that are not listed' : '';
  return {
    text: items.length === 0 ? 'nothing' : formatCounted(items.length, 'change') + more,
    plain: items.length,
    items: itemsOf(items),
  };
}

/** Returns a row for each change: of pages, blocks and free blocks, space by space, and then of bytes. */
export function changeItems(timeline: Timeline, { spaces, bytes }: Changes): readonly Item[] {
  return [
    ...spaces.flatMap((change) => spaceItems(change, spaces.length > 1)),
    ...bytes.map((change) => byteItem(timeline, change)),
  ];
}

/** Returns the rows of one space. `among` is true if other spaces changed too; then each row names its space. */
function spaceItems(change: SpaceChange, among: boolean): readonly Item[] {
  const { space, pages, pagesBefore, allocated, deallocated, freed, taken } = change;
  const of = among ? `${space.name} ` : '';
  const block =
    (text: string) =>
    ({ address, size }: { readonly address: number; readonly size: number }): Item => ({
      label: `${of}${rangeText(address, size)}`,
      value: textValue(text),
    });
  const resized: readonly Item[] =
    pages === pagesBefore
      ? []
      : [{ label: `${space.name} pages`, value: textValue(`${pagesText(pagesBefore)} → ${pagesText(pages)}`) }];
  return [
    ...resized,
    ...deallocated.map(block('no longer live')),
    ...allocated.map(block('now live')),
    ...taken.map(block('taken from the free list')),
    ...freed.map(block('put on the free list')),
  ];
}

function pagesText(pages: number | undefined): string {
  return pages === undefined ? 'unknown' : formatCount(pages);
}

function byteItem(timeline: Timeline, { space, address, length, before, after }: ByteChange): Item {
  const state = timeline.space(space);
  const memoryReference = state && referenceAt(timeline, state, address);
  const where = space === 0 ? PHYSICAL : (state?.name ?? `space ${space}`);
  return {
    label: `${where} ${rangeText(address, length)}`,
    value: {
      text: `${bytesText(before, length)} → ${bytesText(after, length)}`,
      memoryReference,
      byteCount: length,
      fields: () => [
        { name: 'address', value: addressValue(address, memoryReference) },
        { name: 'size', value: sizeValue(length) },
        { name: 'before', value: changedBytes(before, length) },
        { name: 'after', value: { ...changedBytes(after, length), memoryReference, byteCount: length } },
      ],
    },
  };
}

function changedBytes(bytes: Uint8Array, length: number): Value {
  return { ...textValue(bytesText(bytes, length)), full: () => fullBytesText(bytes, length) };
}
