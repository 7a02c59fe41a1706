import { cssColour } from '../../colour.ts';
import type { Look } from '../../look.ts';
import { groundColour, scaleColour, stepsOf } from '../colouring.ts';

const MEANINGS = { fill: 'Share of live bytes', age: 'Steps since the last write' } as const;

/** The steps of a scale, each as it is drawn in the map: a bar in its colour. */
export function Scale({ colouring, look }: { readonly colouring: 'fill' | 'age'; readonly look: Look }) {
  return (
    <ul class="scale" aria-label={MEANINGS[colouring]} title={`${MEANINGS[colouring]}.`}>
      {stepsOf(colouring).map(({ label, height }) => (
        <li key={label}>
          <span class="step" style={{ background: cssColour(groundColour(look)) }} aria-hidden="true">
            <i
              style={{
                height: `${100 * height}%`,
                background: cssColour(scaleColour(look, colouring, height)),
              }}
            />
          </span>
          <span class="name">{label}</span>
        </li>
      ))}
    </ul>
  );
}
