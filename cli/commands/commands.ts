import { CHECK } from './check/check.ts';
import type { Command } from './command.ts';
import { COMPARE_TRACES } from './compare-traces.ts';
import { completionsOf } from './completions.ts';
import { DAP } from './dap.ts';
import { DECODE } from './decode/decode.ts';
import { DIFF } from './diff.ts';
import { ENTRIES } from './entries.ts';
import { EXPLAIN } from './explain.ts';
import { EXPORT } from './export.ts';
import { FIND } from './find.ts';
import { GROWTH } from './growth/growth.ts';
import { IMPORT } from './import.ts';
import { INSPECT } from './inspect.ts';
import { LOCK } from './lock.ts';
import { RECORD } from './record.ts';
import { REHEARSE } from './rehearse.ts';
import { PATCH } from './repair/patch.ts';
import { REPAIR } from './repair/repair.ts';
import { REPLAY } from './replay.ts';
import { EDIT } from './rescue/edit.ts';
import { RECOVER } from './rescue/recover.ts';
import { SHAPE } from './shape.ts';
import { COMPARE_SIGNATURES } from './signatures/compare-signatures.ts';
import { SIMULATE } from './simulate/simulate.ts';
import { TRACE } from './trace.ts';

/** All commands, in the order of `--help`. */
export const COMMANDS: readonly Command[] = withCompletions([
  INSPECT,
  CHECK,
  LOCK,
  EXPLAIN,
  ENTRIES,
  DECODE,
  EXPORT,
  FIND,
  SHAPE,
  DIFF,
  GROWTH,
  REPAIR,
  PATCH,
  RECOVER,
  EDIT,
  RECORD,
  REHEARSE,
  IMPORT,
  TRACE,
  COMPARE_TRACES,
  COMPARE_SIGNATURES,
  REPLAY,
  SIMULATE,
  DAP,
]);

function withCompletions(commands: readonly Command[]): readonly Command[] {
  return [...commands, completionsOf(commands)];
}
