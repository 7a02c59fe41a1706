import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from '../snapshots/active-memory.ts';
import { chooseRow } from '../snapshots/choose-row.ts';
import { doLongWork } from '../snapshots/long-work.ts';
import { askForType, type ChosenType } from './ask-for-type.ts';
import type { TypePages } from './type-pages.ts';

/** A structure whose keys or values are tried. */
export interface TriedStructure {
  readonly shown: ShownMemory;
  readonly part: string;
}

/** Decodes all keys or values of a structure as a type, by default one that the user names, and shows which of them fail. */
export async function tryType(
  engine: EngineClient,
  active: ActiveMemory,
  pages: TypePages,
  from: TriedStructure | undefined,
  type: ChosenType | undefined,
): Promise<void> {
  const tried = from ?? (await chooseStructure(engine, active));
  if (tried === undefined) return;
  const { shown, part } = tried;
  const { memory, title } = shown;
  const chosen = type ?? (await ask(engine, tried));
  if (chosen === undefined) return;
  const begin = () => engine.call('memory/try-type', { memory, part, ...chosen });
  const result = await doLongWork(engine, `Decoding ${part}`, begin);
  if (result) await pages.show(`Types of ${part} in ${title}`, result.text, memory);
}

async function ask(engine: EngineClient, { shown, part }: TriedStructure): Promise<ChosenType | undefined> {
  const choices = await engine.call('memory/type-choices', { memory: shown.memory, part });
  if (choices.roles.length === 0) throw new Error(`${part} has no keys or values whose type could be another one.`);
  return askForType(engine, part, choices);
}

async function chooseStructure(engine: EngineClient, active: ActiveMemory): Promise<TriedStructure | undefined> {
  const chosen = await chooseRow(engine, active, 'elements', ({ part }) => part !== undefined, {
    title: 'Try another type on the keys or values of a structure',
    none: 'This memory has no structure with keys or values.',
  });
  const part = chosen?.row.part;
  return chosen && part !== undefined ? { shown: chosen.shown, part } : undefined;
}
