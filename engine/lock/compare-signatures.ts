import { printVariable } from '../motoko/signature/print.ts';
import { type TypeBreak, typeBreak } from '../motoko/signature/subtype.ts';
import type { StableSignature } from '../motoko/signature/types.ts';

/** A stable variable that two programs do not have with the same type. */
export interface VariableChange {
  readonly name: string;
  /**
   * `incompatible`: the upgrade is refused. `loss`: its value, or a part of it, is dropped; the runtime accepts that, the compiler does
   * not. `changed`: the new type takes all values of the old one.
   */
  readonly change: 'added' | 'changed' | TypeBreak['kind'];
  /** Place inside of the type: `.profile[].name`; empty for the variable itself. */
  readonly path: string;
  /** The types at this place. Left out where there is nothing. */
  readonly before?: string;
  readonly after?: string;
}

/** Compares the stable variables of a program with those of the one that replaces it, as Motoko's runtime and compiler do. */
export function compareSignatures(before: StableSignature, after: StableSignature): readonly VariableChange[] {
  const changes: VariableChange[] = [];
  const current = new Map(after.variables.map((variable) => [variable.name, variable]));
  for (const old of before.variables) {
    const now = current.get(old.name);
    current.delete(old.name);
    if (now === undefined) {
      changes.push({ name: old.name, change: 'loss', path: '', before: printVariable(old) });
      continue;
    }
    const found = typeBreak({ signature: before, type: old.type }, { signature: after, type: now.type });
    const [from, to] = [printVariable(old), printVariable(now)];
    if (found !== undefined) {
      const { kind, path, before: was, after: is } = found;
      changes.push({ name: old.name, change: kind, path, before: was, ...(is !== undefined && { after: is }) });
    } else if (from !== to) changes.push({ name: old.name, change: 'changed', path: '', before: from, after: to });
  }
  for (const variable of current.values())
    changes.push({ name: variable.name, change: 'added', path: '', after: printVariable(variable) });
  return changes;
}
