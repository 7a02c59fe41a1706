import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import { type Field, type Item, textOf, type Value } from './value.ts';

/** Maximum rows of one response. Clients page through longer lists. */
const MAX_ROWS = 1000;

interface Shown {
  readonly value: Value;
  /** Its path in expressions, if it has one. */
  readonly path: string | undefined;
}

/**
 * Assigns the numbers by which a client requests the parts of a value. They are valid until the step changes and are never
 * reused.
 */
export class Variables {
  readonly #shown = new Map<number, Shown>();
  #last = 0;

  clear(): void {
    this.#shown.clear();
  }

  /** Returns the number of a value, or 0 if it has no parts. */
  reference(value: Value, path: string | undefined): number {
    if (!value.fields && !value.items) return 0;
    this.#last += 1;
    this.#shown.set(this.#last, { value, path });
    return this.#last;
  }

  /** Returns the properties of a value that scopes, variables and expression results share. */
  describe(value: Value, path: string | undefined) {
    return {
      variablesReference: this.reference(value, path),
      ...(value.fields && value.items && { namedVariables: value.fields().length }),
      ...(value.items && { indexedVariables: value.items.count }),
      ...(value.memoryReference !== undefined && { memoryReference: value.memoryReference }),
      ...(value.step !== undefined && value.step > 0 && { valueLocationReference: value.step }),
    };
  }

  /** Returns the rows of a value, or a part of them. `hex`: whether numbers are in hex if the client does not say. @throws UserError if the number is from an earlier step. */
  children(
    { variablesReference, filter, start, count, format }: DebugProtocol.VariablesArguments,
    hex: boolean,
  ): DebugProtocol.Variable[] {
    const inHex = format?.hex ?? hex;
    const shown = this.#shown.get(variablesReference);
    if (!shown) throw new UserError('input', 'The debugger has moved since this was shown. Expand it again.');
    const { value, path } = shown;
    const rows: DebugProtocol.Variable[] = [];
    if (filter !== 'indexed') rows.push(...(value.fields?.() ?? []).map((field) => this.#field(field, path, inHex)));
    if (filter !== 'named' && value.items) {
      const from = start ?? 0;
      const items = value.items.read(from, Math.min(count || MAX_ROWS, MAX_ROWS));
      rows.push(...items.map((item, index) => this.#item(item, from + index, path, inHex)));
    }
    return rows;
  }

  /** Returns the value of a row, or undefined if there is none. */
  valueOf(name: string, variablesReference = 0): Value | undefined {
    const { fields, items } = this.#shown.get(variablesReference)?.value ?? {};
    const field = fields?.().find((each) => (each.label ?? each.name) === name);
    if (field) return field.value;
    if (!items) return undefined;
    return items.read(0, Math.min(items.count, MAX_ROWS)).find(({ label }, index) => (label ?? String(index)) === name)?.value;
  }

  #field({ name, label, value }: Field, path: string | undefined, inHex: boolean): DebugProtocol.Variable {
    const own = path === undefined ? undefined : path === '' ? name : `${path}.${name}`;
    return this.#variable(label ?? name, value, own, inHex);
  }

  #item({ label, value }: Item, index: number, path: string | undefined, inHex: boolean): DebugProtocol.Variable {
    return this.#variable(label ?? String(index), value, path === undefined ? undefined : `${path}[${index}]`, inHex);
  }

  #variable(name: string, value: Value, path: string | undefined, inHex: boolean): DebugProtocol.Variable {
    return {
      name,
      value: textOf(value, inHex),
      ...this.describe(value, path),
      ...(path !== undefined && { evaluateName: path }),
      // VS Code's menu of a row has our commands about bytes.
      ...(value.memoryReference?.includes('@') && { __vscodeVariableMenuContext: 'bytes' }),
    };
  }
}
