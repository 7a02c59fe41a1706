import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { formatAddress } from '../../engine/core/format.ts';
import { parseAddress } from '../format.ts';
import { keep } from '../hooks.ts';

interface GoToProps {
  readonly field: RefObject<HTMLInputElement | null>;
  /** Size of the image. */
  readonly size: number;
  readonly onGo: (offset: number) => void;
}

/** Takes an offset, hex with `0x` or decimal, and goes there; what it cannot take it says at once. */
export function GoTo({ field, size, onGo }: GoToProps) {
  const [text, setText] = useState('');
  const offset = parseAddress(text);
  const trouble =
    text.trim() === ''
      ? undefined
      : offset === undefined
        ? 'Type an offset: 0x1a0, or 416.'
        : offset >= size
          ? `The image ends at ${formatAddress(size)}.`
          : undefined;
  return (
    <form
      class="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        if (offset === undefined || trouble !== undefined) return;
        onGo(offset);
        setText('');
      }}
    >
      {trouble !== undefined && (
        <span class="trouble" role="alert">
          {trouble}
        </span>
      )}
      <label>
        <span>go to</span>
        <input
          ref={field}
          type="text"
          spellcheck={false}
          autocomplete="off"
          placeholder="0x…   Ctrl+G"
          aria-invalid={trouble !== undefined}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            keep(event);
            setText('');
          }}
        />
      </label>
    </form>
  );
}
