import { useRef } from 'preact/hooks';
import { useOneTabStop } from '../keyboard/one-tab-stop.ts';
import type { EditorModel } from '../state/model.ts';
import type { StateBesideMap } from '../state/state.ts';

/** Buttons that go back and forward, follow the selected pointer, and add a bookmark. */
export function Navigation({ model, state }: { readonly model: EditorModel; readonly state: StateBesideMap }) {
  const group = useRef<HTMLSpanElement>(null);
  const keys = useOneTabStop(group);
  const { trail, selection, bookmarks, data } = state;
  const pointer = data.result?.range.start === selection?.range.start ? data.result?.pointer : undefined;
  const isMarked = selection !== undefined && bookmarks.some(({ start }) => start === selection.range.start);
  return (
    <span class="navigation" role="toolbar" aria-label="Navigation" ref={group} {...keys}>
      <Button label="Back (Backspace)" isEnabled={trail.back.length > 0} onClick={() => model.travel('back')}>
        ←
      </Button>
      <Button label="Forward (Shift+Backspace)" isEnabled={trail.forward.length > 0} onClick={() => model.travel('forward')}>
        →
      </Button>
      <Button
        label={pointer === undefined ? 'Follow the pointer (Ctrl+Enter)' : `Follow to ${pointer.label} (Ctrl+Enter)`}
        isEnabled={pointer !== undefined}
        onClick={() => model.followPointer()}
      >
        ↳
      </Button>
      <Button
        label={isMarked ? 'Remove the bookmark (B)' : 'Bookmark the selection (B)'}
        isEnabled={selection !== undefined}
        onClick={() => model.toggleBookmark()}
      >
        {isMarked ? '◆' : '◇'}
      </Button>
    </span>
  );
}

interface ButtonProps {
  readonly label: string;
  readonly isEnabled: boolean;
  readonly onClick: () => void;
  readonly children: string;
}

function Button({ label, isEnabled, onClick, children }: ButtonProps) {
  return (
    <button type="button" class="icon" aria-label={label} title={label} aria-disabled={!isEnabled} onClick={onClick}>
      <span aria-hidden="true">{children}</span>
    </button>
  );
}
