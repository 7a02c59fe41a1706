import { useState } from 'preact/hooks';
import { formatBytes, formatCounted, formatCycles } from '../../engine/core/format.ts';
import type { OtherSizes, Summary } from '../../engine/views/protocol.ts';
import { Chevron } from '../icons.tsx';
import { OtherBuckets } from './other-buckets.tsx';

/** Keeps a number and its unit in one line. */
const NO_BREAK = '\u00a0';

interface ConclusionProps {
  readonly summary: Summary;
}

/** The most important fact about the memory. With buckets, also what it would take with others. */
export function ConclusionBand({ summary: { conclusion } }: ConclusionProps) {
  if (conclusion === undefined) return null;
  const { sentence, cyclesPerYear, more, buckets } = conclusion;
  return (
    <section class="conclusion" aria-label="What matters most">
      <p>
        <b>{sentence}</b>
        {cyclesPerYear !== undefined && ` That costs ${formatCycles(cyclesPerYear).replace(' ', NO_BREAK)} cycles a year.`}
        {more !== undefined && ` ${more}`}
      </p>
      {buckets !== undefined && <WhatIfBand buckets={buckets} />}
    </section>
  );
}

function WhatIfBand({ buckets }: { readonly buckets: OtherSizes }) {
  const { whatIf: sizes, suggested, bucketPages } = buckets;
  const [chosen, setChosen] = useState(suggested ?? bucketPages);
  const [isOpen, setOpen] = useState(false);
  const index = Math.max(
    0,
    sizes.findIndex(({ pages }) => pages === chosen),
  );
  const size = sizes[index];
  const present = sizes.find(({ pages }) => pages === bucketPages);
  if (size === undefined || present === undefined) return null;
  const { pages, bytes, ceiling, fits } = size;
  const pageText = formatCounted(pages, 'page');
  const now = pages === bucketPages ? ' (now)' : '';
  return (
    <>
      <div class="what-if">
        <label for="bucket-pages">What if a bucket had</label>
        <input
          id="bucket-pages"
          type="range"
          min={0}
          max={sizes.length - 1}
          value={index}
          aria-valuetext={pageText + now}
          onInput={(event) => setChosen(sizes[Number(event.currentTarget.value)]?.pages ?? bucketPages)}
        />
        <output for="bucket-pages">
          <b>{pageText}</b>
          {now}
          {fits ? ` → ${formatBytes(bytes)} · at most ${formatBytes(ceiling)}` : ' → more buckets than a manager can have'}
        </output>
        <button
          type="button"
          class="link per-memory"
          aria-expanded={isOpen}
          aria-controls="other-buckets"
          onClick={() => setOpen(!isOpen)}
        >
          <Chevron direction={isOpen ? 'down' : 'right'} />
          Per memory
        </button>
      </div>
      {isOpen && <OtherBuckets id="other-buckets" memories={buckets.memories} present={present} size={size} />}
    </>
  );
}
