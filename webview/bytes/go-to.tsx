import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { formatAddress } from '../../engine/core/format.ts';
import { parseAddress } from '../format.ts';
import { consumeKey } from '../hooks.ts';

interface GoToProps {
  readonly field: RefObject<HTMLInputElement | null>;
  /** Name and size in bytes of what it goes through: the image, or a memory. */
  readonly name: string;
  readonly size: number;
  readonly onGo: (offset: number) => void;
}

/** Input field that goes to an address, hex with `0x` or decimal. Reports invalid input at once. */
export function GoTo({ field, name, size, onGo }: GoToProps) {
  const [text, setText] = useState('');
  const offset = parseAddress(text);
  const error =
    text.trim() === ''
      ? undefined
      : offset === undefined
        ? 'Type an address, such as 0x1a0 or 416.'
        : offset >= size
          ? `${name === 'image' ? 'The image' : name} ends at ${formatAddress(size)}.`
          : undefined;
  return (
    <form
      class="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        if (offset === undefined || error !== undefined) return;
        onGo(offset);
        setText('');
        document.getElementById('bytes-grid')?.focus();
      }}
    >
      {error !== undefined && (
        <span class="trouble" role="alert">
          {error}
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
          aria-invalid={error !== undefined}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            consumeKey(event);
            if (text === '') document.getElementById('bytes-grid')?.focus();
            setText('');
          }}
        />
      </label>
    </form>
  );
}
