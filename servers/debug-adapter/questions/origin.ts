import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import { type Origin, type OriginLink, type OriginSource, originOf } from '../../../engine/trace/analysis/origin.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { bytesText } from '../values/event-values.ts';
import { type Answer, answerOf, type Line, stepLine } from './answer.ts';
import { findInPlaces, placeText, rangeOf, recordedPlaces } from './places.ts';
import { noWriteText } from './who.ts';

/** Returns the answer to `origin memory 3:0x40`: where the bytes came from, as far as the trace can tell. */
export function whereFrom(text: string, timeline: Timeline): Answer {
  const place = rangeOf(text, timeline);
  const places = recordedPlaces(place, timeline);
  const step = findInPlaces(timeline, places, ['write'], timeline.position + 1, 'backward', 'effective');
  const own = places.find((each) => timeline.findTouch(each, ['write'], timeline.position + 1, 'backward', 'effective') === step);
  const origin = own && originOf(timeline, own, timeline.position);
  const [first] = origin?.links ?? [];
  if (!origin || !first)
    return answerOf({
      text: noWriteText(place, timeline),
    });
  return answerOf({ ...headOf(origin, timeline), step: origin.links.at(-1)?.step }, [
    ...origin.links.flatMap((link) => linkLines(link, timeline)),
    ...endLines(origin),
  ]);
}

function headOf({ links, isOlder }: Origin, timeline: Timeline): Line {
  const [first] = links;
  const last = links.at(-1);
  if (!first || !last) return { text: '' };
  const bytes = bytesText(first.bytes);
  const through = links.length === 1 ? '' : `, through ${formatCounted(links.length, 'write')}`;
  if (isOlder && last.source.kind === 'read')
    return { text: `${bytes} came from ${placeText(last.source.read.place, timeline)}, from before the trace${through}` };
  const { text } = stepLine(last.step, timeline);
  return { text: `${bytes} came from ${text}${through}` };
}

function linkLines({ step, place, bytes, source }: OriginLink, timeline: Timeline): readonly Line[] {
  const written = {
    text: `  ${stepLine(step, timeline).text}: wrote ${bytesText(bytes)} at ${placeText(place, timeline)}`,
    step,
  };
  return [written, ...sourceLines(source, timeline)];
}

function sourceLines(source: OriginSource, timeline: Timeline): readonly Line[] {
  switch (source.kind) {
    case 'read': {
      const { read, chance } = source;
      const where = `  from ${placeText(read.place, timeline)}, which step ${formatCount(read.step)} read`;
      return [
        {
          text: `${where} (${formatCounted(read.matched, 'equal byte')}; ${chanceText(chance)} to be an accident)`,
          step: read.step,
        },
      ];
    }
    case 'unsure': {
      const { read, chance } = source;
      const where = `  perhaps from ${placeText(read.place, timeline)}, which step ${formatCount(read.step)} read`;
      return [
        {
          text: `${where}. The value is too short or too common to be sure: ${chanceText(chance)} to be an accident.`,
          step: read.step,
        },
      ];
    }
    case 'several': {
      const places = source.reads.map(({ step, place }) => `${placeText(place, timeline)} (step ${formatCount(step)})`);
      const more = source.count > places.length ? ` and ${formatCount(source.count - places.length)} more` : '';
      const sure = `${chanceText(source.chance)} that these bytes are there by accident`;
      return [
        {
          text: `  The trace cannot tell from where: ${formatCount(source.count)} places that its message read had these bytes, ${places.join(', ')}${more}; ${sure}.`,
        },
      ];
    }
    case 'none':
      return [
        {
          text: `  None of the ${formatCounted(source.reads, 'read')} before it in its message had these bytes. The program computed them, or they came with the call.`,
        },
      ];
    case 'no-reads':
      return [
        {
          text: source.recorded
            ? '  Its message read nothing before it. The program computed the bytes, or they came with the call.'
            : '  The trace has no reads, so it cannot tell from where.',
        },
      ];
    case 'no-message':
      return [{ text: '  It is outside of any message, so the trace cannot tell from where.' }];
    case 'cut-short':
      return [{ text: `  The trace was not searched further. ${source.reason}` }];
  }
}

function endLines({ isOlder, more }: Origin): readonly Line[] {
  if (isOlder) return [{ text: '  No earlier step writes these bytes: they are from before the trace.' }];
  return more ? [{ text: '  There are more links. Go to the last step and ask again there.' }] : [];
}

/** Formats a probability: `a chance of 1 in 12,000`. */
function chanceText(chance: number): string {
  if (chance > 0.5) return 'quite likely';
  const times = 1 / chance;
  return `a chance of 1 in ${times > 1e9 ? 'billions' : formatCount(Math.round(times))}`;
}
