import { formatAddress } from '../../engine/core/format.ts';
import type { ByteField } from '../../engine/views/bytes/calls.ts';
import type { ByteRange } from '../../engine/views/protocol.ts';
import { type ByteOnScreen, characterOf, describeField, type FieldsOnScreen, hexOf, ROW_BYTES, tooltipOfField } from './rows.ts';

interface RowProps {
  /** Address of the first byte in the view, and its offset in the image. Without one the image does not have the row. */
  readonly address: number;
  readonly offset: number | undefined;
  readonly bytes: readonly ByteOnScreen[];
  readonly fields: FieldsOnScreen;
  /** True if the byte at an address differs from the step before. */
  readonly isChanged: (address: number) => boolean;
  readonly cursor: number | undefined;
  readonly selected: ByteRange | undefined;
  /** Name of the bookmark that begins in the row. */
  readonly bookmark: string | undefined;
  /** The fields that the note names. */
  readonly noted: readonly ByteField[];
  readonly addressOf: (offset: number) => number | undefined;
}

/** A row of sixteen bytes: address, hex, characters, and a note with the fields that begin in it. */
export function Row({ address, offset, bytes, fields, isChanged, cursor, selected, bookmark, noted, addressOf }: RowProps) {
  const isSelected = (at: number) => selected !== undefined && at >= selected.start && at < selected.start + selected.length;
  const cells = bytes.map((byte, column) => {
    const at = offset === undefined ? undefined : offset + column;
    const found = at === undefined ? undefined : fields.at(at);
    const classes = found === undefined ? [] : [`in-${found.field.kind}`];
    if (found !== undefined && found.number % 2 === 1) classes.push('odd');
    if (at !== undefined && isSelected(at)) classes.push('selected');
    if (at !== undefined && at === cursor) classes.push('cursor');
    if (isChanged(address + column)) classes.push('changed');
    if (byte === 'missing') classes.push('absent');
    else if (byte === 0) classes.push('zero');
    return { byte, at, column, class: classes.join(' '), title: found && tooltipOfField(found.field, addressOf) };
  });
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active byte.
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    <div class="row" role="row" aria-rowindex={Math.floor(address / ROW_BYTES) + 1}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: see the row. */}
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid. */}
      <span class="address" role="rowheader" title={bookmark === undefined ? undefined : `Bookmark: ${bookmark}`}>
        {formatAddress(address)}
        {bookmark !== undefined && (
          <span class="bookmark" aria-label={`Bookmark ${bookmark}`} role="img">
            ◆
          </span>
        )}
      </span>
      <span class="hex" role="presentation">
        {cells.map(({ byte, at, column, class: name, title }) => (
          // biome-ignore lint/a11y/useFocusableInteractive: see the row.
          // biome-ignore lint/a11y/useSemanticElements: see the grid.
          <span
            key={column}
            id={at === undefined ? undefined : `byte-${at}`}
            role="gridcell"
            aria-colindex={column + 1}
            data-offset={at}
            aria-selected={at !== undefined && isSelected(at)}
            class={name}
            title={title}
          >
            {hexOf(byte)}
          </span>
        ))}
      </span>
      <span class="characters" aria-hidden="true">
        {cells.map(({ byte, at, column, class: name }) => (
          <span key={column} data-offset={at} class={name}>
            {characterOf(byte)}
          </span>
        ))}
      </span>
      {/* biome-ignore lint/a11y/useFocusableInteractive: see the row. */}
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid. */}
      <span
        class="note"
        role="gridcell"
        aria-colindex={ROW_BYTES + 1}
        title={noted.map((field) => tooltipOfField(field, addressOf)).join('\n') || undefined}
      >
        {bookmark !== undefined && <b>{`${bookmark} `}</b>}
        {noted.map(describeField).join(' · ')}
      </span>
    </div>
  );
}
