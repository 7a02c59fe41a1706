import { dirname, resolve } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { candidType } from '../../engine/values/typing/candid/candid-type.ts';
import { DidTypes } from '../../engine/values/typing/candid/parse-did.ts';
import { type LoadedType, MAX_INCLUDED, type TypeInFile, textOf, whichOf } from './type-file.ts';

/** Loads a type of a `.did` file, also one that is made of those it defines: `types.did#vec User`. @throws UserError */
export function loadDidType({ path, name }: TypeInFile): LoadedType {
  const types = new DidTypes();
  const first: string[] = [];
  const done = new Set<string>();
  const pending = [resolve(path)];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (done.has(file)) continue;
    done.add(file);
    if (done.size > MAX_INCLUDED) throw new UserError('input', `${path} imports more than ${MAX_INCLUDED} files.`);
    const added = types.addFile(textOf(file));
    if ('problem' in added) return { problem: `${file} is not a Candid interface. ${added.problem}` };
    if (done.size === 1) first.push(...added.defined);
    for (const imported of added.imports) pending.push(resolve(dirname(file), imported));
  }
  const [only] = first;
  const text = name ?? (first.length === 1 ? only : undefined);
  if (text === undefined) return { problem: whichOf(path, first) };
  const schema = types.schemaOf(text);
  return 'problem' in schema
    ? { problem: `${path}: ${schema.problem} ${whichOf(path, first)}` }
    : candidType(`${path}#${text}`, schema);
}

/** Returns the names of the types that a `.did` file itself defines. @throws UserError */
export function didTypesIn(path: string): readonly string[] {
  const added = new DidTypes().addFile(textOf(path));
  return 'problem' in added ? [] : added.defined;
}
