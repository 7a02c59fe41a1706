import { visibleJson, visibleText } from '../../../engine/core/visible-text.ts';
import { readLabels } from '../../../engine/snapshot/labels.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { assert, type Reader } from '../reader.ts';

const LABELS = {
  memories: { 0: { name: 'users', structure: 'btreemap', key: 'principal', value: 'User' }, 3: { value: { candid: 'T' } } },
  regions: { 16: { name: 'log', blobs: 17, count: 3, value: 'Pair' } },
  cost: { cyclesPerGibSecond: 127_000 },
  codecs: {
    Pair: { record: { a: 'u32-le', b: { value: 'text', size: 'u16-le' } } },
    User: {
      tag: 'u8',
      cases: { 0: 'none', 1: { some: { array: 'Pair', count: 'u8' } }, 2: { all: { array: 'u64-be', count: 3 } } },
    },
    Rest: { record: { head: 'u8', rest: 'bytes' } },
  },
};
const TEXT = JSON.stringify(LABELS);
/** Words that replace others, so that most cases are still JSON. */
const WORDS = [
  'Pair',
  'User',
  'u8',
  'u64-be',
  'text',
  'record',
  'cases',
  'array',
  'count',
  'size',
  'value',
  'tag',
  '__proto__',
  'constructor',
];

export const LABEL_READER: Reader = {
  name: 'labels',
  cases: 9_000,
  maxTime: 2000,
  run(random) {
    const text = random.once(3)
      ? new TextDecoder().decode(mutated(random, new TextEncoder().encode(TEXT)))
      : JSON.stringify(altered(random, LABELS));
    const { labels, problems } = readLabels(text);
    for (const problem of problems) assert(/[.?!]$/.test(problem), () => `"${problem}" is not a sentence.`);
    for (const codec of labels.codecs.values()) codec.decode(random.bytes(random.length(64)));
    assert(!visibleText(problems.join('\n')).includes('\x1b'), () => 'An escape is left in a problem.');
    JSON.parse(visibleJson(JSON.stringify(problems)));
  },
};

/** Returns a copy of a JSON value with changes at a few places. */
function altered(random: Random, json: unknown): unknown {
  if (random.once(20))
    return random.pick<unknown>([null, 0, -1, 1.5, 1e300, '', [], {}, true, WORDS[random.below(WORDS.length)]]);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      random.once(25) ? (WORDS[random.below(WORDS.length)] ?? key) : key,
      altered(random, value),
    ]),
  );
}
