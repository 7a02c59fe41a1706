import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Field, type Item, Misfit, type Value } from './value.ts';

/** The most rows that one answer carries; clients page through longer lists. */
const MAX_ROWS = 1000;

interface Shown {
  readonly value: Value;
  /** How an expression names it; undefined where none does. */
  readonly path: string | undefined;
}

/** The numbers by which a client asks for the parts of a value. They hold until the moment changes, and are never used again. */
export class Variables {
  readonly #shown = new Map<number, Shown>();
  #last = 0;

  forget(): void {
    this.#shown.clear();
  }

  /** The number to ask by; 0 where the value has no parts. */
  reference(value: Value, path: string | undefined): number {
    if (!value.fields && !value.items) return 0;
    this.#last += 1;
    this.#shown.set(this.#last, { value, path });
    return this.#last;
  }

  /** A value as a scope, a variable and the result of an expression all tell it. */
  describe(value: Value, path: string | undefined) {
    return {
      variablesReference: this.reference(value, path),
      ...(value.fields && value.items && { namedVariables: value.fields().length }),
      ...(value.items && { indexedVariables: value.items.count }),
      ...(value.memoryReference !== undefined && { memoryReference: value.memoryReference }),
    };
  }

  /** The rows of a value, or a part of them. @throws Misfit where the number is of an earlier moment. */
  children({ variablesReference, filter, start, count }: DebugProtocol.VariablesArguments): DebugProtocol.Variable[] {
    const shown = this.#shown.get(variablesReference);
    if (!shown) throw new Misfit('The trace has moved on since this was shown; expand it anew.');
    const { value, path } = shown;
    const rows: DebugProtocol.Variable[] = [];
    if (filter !== 'indexed') rows.push(...(value.fields?.() ?? []).map((field) => this.#field(field, path)));
    if (filter !== 'named' && value.items) {
      const from = start ?? 0;
      const items = value.items.read(from, Math.min(count || MAX_ROWS, MAX_ROWS));
      rows.push(...items.map((item, index) => this.#item(item, from + index, path)));
    }
    return rows;
  }

  #field({ name, label, value }: Field, path: string | undefined): DebugProtocol.Variable {
    const own = path === undefined ? undefined : path === '' ? name : `${path}.${name}`;
    return this.#variable(label ?? name, value, own);
  }

  #item({ label, value }: Item, index: number, path: string | undefined): DebugProtocol.Variable {
    return this.#variable(label ?? String(index), value, path === undefined ? undefined : `${path}[${index}]`);
  }

  #variable(name: string, value: Value, path: string | undefined): DebugProtocol.Variable {
    return {
      name,
      value: value.text,
      ...this.describe(value, path),
      ...(path !== undefined && { evaluateName: path }),
    };
  }
}
