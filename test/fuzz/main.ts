/**
 * Mutation fuzzing for hours: `npm run fuzz`. Every reader gets random damage, round after round, until the process ends or a
 * fault is found.
 *
 *   npm run fuzz                                        a random seed, without end
 *   npm run fuzz -- --minutes 30 --reader images        for 30 minutes, only one reader
 *   npm run fuzz -- --reader images --seed 7 --case 12  one case again
 */
import { parseArgs } from 'node:util';
import { FoundFault, type Reader, runCase, runCases } from './reader.ts';
import { READERS } from './readers.ts';

const { values } = parseArgs({
  options: { reader: { type: 'string' }, seed: { type: 'string' }, case: { type: 'string' }, minutes: { type: 'string' } },
});

/** Number of turns over which the cases of a reader's short run are spread. */
const TURN = 100;

function chosen(): readonly Reader[] {
  const readers = READERS.filter(({ name }) => values.reader === undefined || name === values.reader);
  if (readers.length === 0)
    throw new Error(`There is no reader "${values.reader}". The readers are ${READERS.map(({ name }) => name).join(', ')}.`);
  return readers;
}

function fuzz(seed: number, end: number): void {
  console.log(`seed ${seed}`);
  let cases = 0;
  for (let turn = 0; Date.now() < end; turn += 1) {
    for (const reader of chosen()) {
      const count = Math.ceil(reader.cases / TURN);
      runCases(reader, seed, turn * count, count);
      cases += count;
    }
    if (turn % 10 === 9) console.log(`${cases.toLocaleString('en')} cases, nothing found`);
  }
}

try {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  if (values.case !== undefined) for (const reader of chosen()) runCase(reader, seed, Number(values.case));
  else fuzz(seed, values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * 60_000);
} catch (error) {
  console.error(error instanceof FoundFault ? error.message : error);
  if (error instanceof FoundFault && error.cause instanceof Error) console.error(error.cause.stack);
  process.exitCode = 1;
}
