import { MAX_CHILDREN, type TraceHit, type TraceHits } from '../../engine/views/protocol.ts';
import type { OpenTrace } from './traces.ts';

/** Events between two checks of the clock. */
const CLOCK_EVERY = 64;
/** Maximum characters of a hit's text. */
const MAX_HIT = 200;

/**
 * Searches the generated text of a trace for `words`, whatever their case, from the event `from` on. Stops after a number of
 * milliseconds, or with as many hits as fit into a result.
 */
export function findInTrace({ trace, text, documents }: OpenTrace, words: string, from: number, milliseconds: number): TraceHits {
  const end = performance.now() + milliseconds;
  const wanted = words.toLowerCase();
  const hits: TraceHit[] = [];
  let event = Math.max(0, from);
  while (event < trace.count && hits.length < MAX_CHILDREN) {
    const line = text.line(text.lineOfEvent(event)).text;
    if (line.toLowerCase().includes(wanted)) {
      const document = documents.of(event);
      hits.push({ uri: document.uri, line: document.lineOfEvent(event), text: line.trim().slice(0, MAX_HIT) });
    }
    event += 1;
    if (event % CLOCK_EVERY === 0 && performance.now() > end) break;
  }
  return { hits, next: event < trace.count ? event : undefined, events: trace.count };
}
