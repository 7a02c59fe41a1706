import { Misfit } from '../values/value.ts';

const SHAPE = /^\s*(>=|>|==|=|<=|<|%)?\s*(\d{1,9})\s*$/;

/**
 * Says at which of its hits a breakpoint stops: `5` and `== 5` the fifth alone, `>= 5` from the fifth on, `% 10` every tenth.
 * Hits are counted in both directions. @throws Misfit in a full sentence.
 */
export function parseHitCondition(text: string): (hits: number) => boolean {
  const [, operator = '==', digits] = SHAPE.exec(text) ?? [];
  if (digits === undefined) throw new Misfit(`“${text}” is no hit count; write 5, >= 5 or % 10.`);
  const count = Number(digits);
  switch (operator) {
    case '>=':
      return (hits) => hits >= count;
    case '>':
      return (hits) => hits > count;
    case '<=':
      return (hits) => hits <= count;
    case '<':
      return (hits) => hits < count;
    case '%':
      if (count === 0) throw new Misfit('A hit count of % 0 never comes.');
      return (hits) => hits % count === 0;
    default:
      return (hits) => hits === count;
  }
}
