import { useRef } from 'preact/hooks';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import { COLOURING_MEANINGS, COLOURINGS, type Colouring } from '../colouring.ts';

interface ColourByProps {
  readonly colouring: Colouring;
  /** Only a step of a trace has ages. */
  readonly hasAges: boolean;
  readonly onChoose: (colouring: Colouring) => void;
}

/** The choice of what the colours of the map stand for: a group of radio buttons with one tab stop. */
export function ColourBy({ colouring, hasAges, onChoose }: ColourByProps) {
  const group = useRef<HTMLDivElement>(null);
  const choices = COLOURINGS.filter((each) => each !== 'age' || hasAges);
  const keys = useOneTabStop(group);
  return (
    <div class="colour-by" role="radiogroup" aria-label="Colour by" ref={group} {...keys}>
      {choices.map((each) => (
        // biome-ignore lint/a11y/useSemanticElements: native radio buttons cannot be styled as segments.
        <button
          key={each}
          type="button"
          role="radio"
          aria-checked={each === colouring}
          title={COLOURING_MEANINGS[each]}
          onClick={() => onChoose(each)}
        >
          {each}
        </button>
      ))}
    </div>
  );
}
