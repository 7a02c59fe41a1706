import { instrument } from '../../../engine/recorder/instrument/instrument.ts';
import { readFunctionNames } from '../../../engine/recorder/instrument/names.ts';
import { RICH_MODULE } from '../../engine/recorder/instrument/rich-module.ts';
import { mutated } from '../mutate.ts';
import type { Reader } from '../reader.ts';

export const INSTRUMENT_READER: Reader = {
  name: 'instrument',
  cases: 3000,
  maxTime: 2000,
  run(random) {
    const module = mutated(random, RICH_MODULE, [8, 40, 90, 130]);
    instrument(module);
    readFunctionNames(module);
  },
};
