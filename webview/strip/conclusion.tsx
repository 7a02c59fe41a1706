import { useState } from 'preact/hooks';
import { formatBytes, formatCounted } from '../../engine/core/format.ts';
import type { Conclusion, Summary } from '../../engine/views/protocol.ts';

/** Bucket size that is tried first, in pages: the smallest in which memories can grow to a few gigabytes. */
const FIRST = 4;

interface ConclusionProps {
  readonly summary: Summary;
}

/** The most important fact about the memory, and how large it would be with buckets of another size. */
export function ConclusionBand({ summary: { conclusion } }: ConclusionProps) {
  if (conclusion === undefined) return null;
  return (
    <section class="conclusion" aria-label="What matters most">
      <p>
        <b>{conclusion.sentence}</b> The bucket size cannot be changed in place: a new canister, or one that is migrated, could
        start with less.
      </p>
      <WhatIf sizes={conclusion.whatIf} />
    </section>
  );
}

function WhatIf({ sizes }: { readonly sizes: Conclusion['whatIf'] }) {
  const first = sizes.findIndex(({ pages }) => pages === FIRST);
  const [index, setIndex] = useState(first);
  const size = sizes[index];
  if (size === undefined) return null;
  const { pages, memories, bytes, ceiling, fits } = size;
  const buckets = memories.reduce((sum, count) => sum + count, 0);
  const pageText = formatCounted(pages, 'page');
  const room = `At most ${formatBytes(ceiling)} for all memories together.`;
  return (
    <div class="what-if" title={`${formatCounted(buckets, 'bucket')} of ${pageText}. ${room}`}>
      <label for="bucket-pages">What if a bucket had</label>
      <input
        id="bucket-pages"
        type="range"
        min={0}
        max={sizes.length - 1}
        value={index}
        aria-valuetext={pageText}
        onInput={(event) => setIndex(Number(event.currentTarget.value))}
      />
      <output for="bucket-pages">
        <b>{pageText}</b>
        {fits ? ` → ${formatBytes(bytes)} · at most ${formatBytes(ceiling)}` : ' → more buckets than a manager can have'}
      </output>
    </div>
  );
}
