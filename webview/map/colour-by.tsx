import { useRef } from 'preact/hooks';
import { consumeKey } from '../hooks.ts';
import { COLOURING_MEANINGS, COLOURINGS, type Colouring } from './colouring.ts';

interface ColourByProps {
  readonly colouring: Colouring;
  /** Only a step of a trace has ages. */
  readonly hasAges: boolean;
  readonly onChoose: (colouring: Colouring) => void;
}

const MOVES: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** The choice of what the colours of the map stand for: a group of radio buttons with one tab stop. */
export function ColourBy({ colouring, hasAges, onChoose }: ColourByProps) {
  const group = useRef<HTMLDivElement>(null);
  const choices = COLOURINGS.filter((each) => each !== 'age' || hasAges);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.altKey || event.ctrlKey || event.metaKey ? undefined : MOVES[event.key];
    if (by === undefined) return;
    consumeKey(event);
    const index = (choices.indexOf(colouring) + by + choices.length) % choices.length;
    const chosen = choices[index];
    if (chosen !== undefined) onChoose(chosen);
    const button = group.current?.children[index];
    if (button instanceof HTMLElement) button.focus();
  };
  return (
    <div class="colour-by" role="radiogroup" aria-label="Colour by" ref={group} onKeyDown={onKeyDown}>
      {choices.map((each) => (
        // biome-ignore lint/a11y/useSemanticElements: native radio buttons cannot be styled as segments.
        <button
          key={each}
          type="button"
          role="radio"
          aria-checked={each === colouring}
          tabIndex={each === colouring ? 0 : -1}
          title={COLOURING_MEANINGS[each]}
          onClick={() => onChoose(each)}
        >
          {each}
        </button>
      ))}
    </div>
  );
}
