import { parseScript } from '../../../engine/recorder/script.ts';
import { mutated } from '../mutate.ts';
import { assert, type Reader } from '../reader.ts';

const SCRIPT = [
  '// A comment.',
  '{"call":"init","arg":"(42 : nat64, \\"text\\")","caller":"2vxsx-fae"}',
  '{"call":"update","method":"add","argHex":"4449444c0000","time":1767225600000000000,"cycles":"1_000"}',
  '{"call":"query","method":"get","replies":[{"method":"fetch","replyHex":"00"},{"method":"push","reject":"no"}],"seed":7}',
  '{"call":"upgrade","wasm":"next.wasm"}',
  '{"call":"composite-query","method":"all"}',
  '{"call":"timer","time":null}',
].join('\n');

export const SCRIPT_READER: Reader = {
  name: 'scripts',
  cases: 2000,
  maxTime: 2000,
  run(random) {
    const text = new TextDecoder().decode(mutated(random, new TextEncoder().encode(SCRIPT), [60, 130, 200, 330, 400]));
    const parsed = parseScript(text);
    const lines = text.split('\n').length;
    if (!('problems' in parsed)) {
      assert(parsed.length <= lines, () => `There are ${parsed.length} calls in ${lines} lines.`);
      return;
    }
    for (const { line, problem } of parsed.problems) {
      assert(
        problem.startsWith(`Line ${line}: `) && /[.?!]$/.test(problem),
        () => `"${problem}" is not a sentence about line ${line}.`,
      );
      assert(line >= 1 && line <= lines, () => `There is no line ${line}.`);
    }
  },
};
