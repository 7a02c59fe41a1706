import { cut } from '../core/format.ts';
import { typeBreak } from '../motoko/signature/subtype.ts';
import type { StableSignature } from '../motoko/signature/types.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { LayoutLock } from './lock.ts';
import { signatureOfLock } from './read-lock.ts';
import type { ReportBreak } from './report-break.ts';
import { shownVariables, withKnownNames } from './variable-names.ts';

/**
 * Reports stable variables that are gone, and types that an upgrade does not accept. Without any variables of the program nothing
 * is compared: a running canister has them on its heap, and its module may not be at hand.
 */
export function compareVariables(snapshot: Snapshot, lock: LayoutLock, current: LayoutLock, report: ReportBreak): void {
  if (current.variables.size === 0) return;
  const before = signatureOfLock(lock);
  const after = snapshot.motoko.signature;
  const shown = shownVariables(snapshot, lock.variables.keys());
  for (const [name, locked] of withKnownNames(lock.variables, current.variables.keys())) {
    const path = ['variables', name];
    const now = current.variables.get(name);
    if (now === undefined) {
      if (locked.state !== 'retired')
        report({
          code: 'lock.dropped',
          path,
          message: `The lock has the stable variable ${name}, but the program does not any more.`,
        });
      continue;
    }
    if (locked.state === 'retired') {
      const held = shown.get(name)?.text;
      if (held !== undefined && !EMPTY.has(held))
        report({ code: 'lock.retired', path: [...path, 'state'], message: retiredText(name, held) });
    } else if (before !== undefined && after !== undefined) compareType(name, before, after, report);
    if (locked.state !== 'deprecated') continue;
    if (locked.digest === undefined)
      report({
        code: 'lock.no-digest',
        path,
        message: `The stable variable ${name} is deprecated, but the lock has no digest of it.`,
      });
    else if (now.digest !== undefined && now.digest !== locked.digest)
      report({
        code: 'lock.deprecated',
        path: [...path, 'digest'],
        message: `The stable variable ${name} is deprecated, but its value has changed since the lock was written.`,
      });
  }
}

/** Values of variables that hold nothing, as text. */
const EMPTY = new Set(['null', '[]', '""', '()', '{  }', '{}', 'var null', 'var []', 'var ""']);
const MAX_TEXT = 60;

function retiredText(name: string, held: string): string {
  const shown = cut(held, MAX_TEXT);
  return `The stable variable ${name} is retired, but still holds ${shown}.`;
}

function compareType(name: string, before: StableSignature, after: StableSignature, report: ReportBreak): void {
  const [from, to] = [before, after].map((signature) => {
    const type = signature.variables.find((variable) => variable.name === name)?.type;
    return type && { signature, type };
  });
  const found = from && to && typeBreak(from, to);
  if (found === undefined) return;
  const path = ['variables', name, 'type'];
  const place = found.path === '' ? '' : ` at ${found.path}`;
  const change = found.after === undefined ? `${found.before} is gone` : `${found.before} became ${found.after}`;
  if (found.kind === 'loss') {
    const message = `The type of the stable variable ${name} drops data${place}: ${change}.`;
    report({ code: 'lock.variable-loss', path, message });
    return;
  }
  report({
    code: 'lock.variable-type',
    path,
    message: `The type of the stable variable ${name} is not compatible${place}: ${change}.`,
  });
}
