import { UserError } from '../../../engine/core/user-error.ts';

const SHAPE = /^\s*(>=|>|==|=|<=|<|%)?\s*(\d{1,9})\s*$/;

/**
 * Parses a hit condition: `5` and `== 5` stop at the fifth hit only, `>= 5` from the fifth on, `% 10` at every tenth. Hits count
 * in both directions. @throws UserError if it is not a hit condition.
 */
export function parseHitCondition(text: string): (hits: number) => boolean {
  const [, operator = '==', digits] = SHAPE.exec(text) ?? [];
  if (digits === undefined) throw new UserError('input', `“${text}” is not a hit count. Write 5, >= 5 or % 10.`);
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
      if (count === 0) throw new UserError('input', 'A hit count of % 0 never occurs.');
      return (hits) => hits % count === 0;
    default:
      return (hits) => hits === count;
  }
}
