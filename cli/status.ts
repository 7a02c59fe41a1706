import { FileFault } from '../engine/node/file-error.ts';
import { complain } from './output.ts';
import { describeCrash, UNUSABLE } from './program.ts';
import { UnusableInput } from './unusable-input.ts';

/** Runs something to its exit status. Whatever goes wrong is one line on the standard error. */
export async function statusOf(run: () => number | Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    complain(error instanceof UnusableInput || error instanceof FileFault ? error.message : describeCrash(error));
    return UNUSABLE;
  }
}
