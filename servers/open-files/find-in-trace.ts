import { MAX_CHILDREN, type TraceHit, type TraceHits } from '../../engine/views/protocol.ts';
import type { OpenTrace } from './traces.ts';

/** Events between two checks of the clock. */
const CLOCK_EVERY = 64;
/** Maximum characters of a hit's text. */
const MAX_HIT = 200;

/** The words of the notes about steps that allocate or free. */
const NOTES =
  'failed, past the end, overlaps block of step, split, whole block, no bytes, not merged with, already free, as allocated by';

/**
 * Searches the generated text of a trace for `words`, whatever their case, from the event `from` on. Stops after a number of
 * milliseconds, or with as many hits as fit into a result. The notes at the ends of lines are only searched for their own words, because
 * they depend on the states.
 */
export function findInTrace({ trace, text, documents }: OpenTrace, words: string, from: number, milliseconds: number): TraceHits {
  const end = performance.now() + milliseconds;
  const wanted = words.toLowerCase();
  const inNotes = mayBeInNote(wanted);
  const hits: TraceHit[] = [];
  let event = Math.max(0, from);
  while (event < trace.count && hits.length < MAX_CHILDREN) {
    const { text: line } = inNotes ? text.line(text.lineOfEvent(event)) : text.lineWithoutNote(event);
    if (line.toLowerCase().includes(wanted)) {
      const document = documents.of(event);
      hits.push({ uri: document.uri, line: document.lineOfEvent(event), text: line.trim().slice(0, MAX_HIT) });
    }
    event += 1;
    if (event % CLOCK_EVERY === 0 && performance.now() > end) break;
  }
  return { hits, next: event < trace.count ? event : undefined, events: trace.count };
}

/** Returns true if a text has a word of a note. */
function mayBeInNote(text: string): boolean {
  return text === 'at the end' || (text.match(/[a-z]{3,}/g) ?? []).some((word) => word !== 'allocate' && NOTES.includes(word));
}
