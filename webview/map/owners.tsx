import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../engine/core/format.ts';
import type { MapOwner } from '../../engine/views/protocol.ts';
import { cssColour } from '../colour.ts';
import { type Look, ownerColour } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import type { EditorState } from '../state/state.ts';

interface OwnersProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly look: Look;
}

/** Legend of the owners' colours. A click highlights one owner. It has one line until the user expands it. */
export function Owners({ model, state, look }: OwnersProps) {
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [hidden, setHidden] = useState(0);
  const owners = state.overview.result?.owners ?? [];
  const width = state.mapRoom?.pitch;
  const columns = state.mapRoom?.columns;
  useLayoutEffect(() => {
    const chips = [...(list.current?.children ?? [])];
    const line = chips[0]?.getBoundingClientRect().top ?? 0;
    setHidden(chips.filter((chip) => chip.getBoundingClientRect().top > line + 4).length);
  }, [owners, width, columns]);
  return (
    <div class="owners">
      <div class={`owner-list ${isOpen ? 'open' : ''}`} ref={list}>
        {owners.map((owner) => (
          <Owner
            key={owner.part}
            owner={owner}
            look={look}
            isPressed={state.filter.owner === owner.part}
            onToggle={() => model.toggleFilter({ owner: owner.part })}
          />
        ))}
      </div>
      {hidden > 0 && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'less' : `${formatCount(hidden)} more`}
        </button>
      )}
    </div>
  );
}

interface OwnerProps {
  readonly owner: MapOwner;
  readonly look: Look;
  readonly isPressed: boolean;
  readonly onToggle: () => void;
}

function Owner({ owner, look, isPressed, onToggle }: OwnerProps) {
  return (
    <button type="button" class="chip" aria-pressed={isPressed} title={`Highlight only ${owner.label}`} onClick={onToggle}>
      <span class="dot" style={{ background: cssColour(ownerColour(look, owner.colour)) }} aria-hidden="true" />
      <span class="name">{owner.label}</span>
    </button>
  );
}
