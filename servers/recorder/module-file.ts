import { UserError } from '../../engine/core/user-error.ts';
import { readModuleFile } from '../../engine/node/open-module.ts';
import { type PreparedModule, prepareModule } from '../../engine/recorder/prepared-module.ts';

/** Reads a canister's module, raw or compressed, and prepares it. @throws UserError if it cannot be recorded */
export async function readModule(path: string): Promise<PreparedModule> {
  const bytes = await readModuleFile(path);
  const prepared = typeof bytes === 'string' ? { problem: bytes } : prepareModule(bytes);
  if ('problem' in prepared) throw new UserError('input', `${path} cannot be recorded. ${prepared.problem}`);
  return prepared;
}
