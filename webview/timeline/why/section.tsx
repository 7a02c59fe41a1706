import type { ComponentChildren } from 'preact';
import { Chevron } from '../../icons.tsx';
import type { Section } from '../state/saved.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import type { TimelineState } from '../state/timeline-state.ts';

interface SideSectionProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly name: Section;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A section of the side bar that folds. */
export function SideSection({ model, state, name, title, children }: SideSectionProps) {
  const isOpen = !state.arrangement.folded.includes(name);
  return (
    <section class="side-section" id={`section-${name}`}>
      <h2>
        <button type="button" aria-expanded={isOpen} onClick={() => model.toggleSection(name)}>
          <Chevron direction={isOpen ? 'down' : 'right'} />
          {title}
        </button>
      </h2>
      {isOpen && <div class="side-body">{children}</div>}
    </section>
  );
}
