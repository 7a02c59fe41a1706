import { type TokenRange, TokenTree } from './brackets.ts';
import type { Token } from './tokens.ts';

/**
 * Returns the tokens without attributes, macros' rules, and the items that are not in a canister: tests, and what is for other
 * targets than WebAssembly. Items of features stay, because nothing here shows which are on.
 */
export function compiledTokens(tokens: readonly Token[]): readonly Token[] {
  const tree = new TokenTree(tokens);
  const kept: Token[] = [];
  for (let index = 0; index < tokens.length; ) {
    const attribute = attributeAt(tree, index);
    if (attribute !== undefined) {
      const after = tree.end(attribute.from - 1) + 1;
      if (isCompiled(tree, attribute)) index = after;
      // `#![cfg(test)]` is about all that is in the same brackets, or in the file.
      else index = tree.at(index + 1) === '!' ? endAround(tree, index) : endOfItem(tree, after);
    } else if (tree.word(index) === 'macro_rules' && tree.at(index + 1) === '!') {
      index = tree.end(index + 3) + 1;
    } else {
      const token = tokens[index];
      if (token !== undefined) kept.push(token);
      index += 1;
    }
  }
  return kept;
}

/** Returns the content of the attribute that begins at an index: of `#[cfg(test)]` it is `cfg(test)`. */
function attributeAt(tree: TokenTree, index: number): TokenRange | undefined {
  if (tree.at(index) !== '#') return undefined;
  const bracket = tree.at(index + 1) === '!' ? index + 2 : index + 1;
  return tree.at(bracket) === '[' ? tree.inside(bracket) : undefined;
}

function endAround(tree: TokenTree, index: number): number {
  const around = tree.around(index);
  return around < 0 ? tree.tokens.length : tree.end(around);
}

/** Returns the index after the item, with its other attributes, that begins at an index. */
function endOfItem(tree: TokenTree, start: number): number {
  let index = start;
  for (let next = attributeAt(tree, index); next !== undefined; next = attributeAt(tree, index))
    index = tree.end(next.from - 1) + 1;
  const { length } = tree.tokens;
  const end = tree.next(index, length, ['{', ';', ',', '=']);
  if (tree.at(end) === '{') return tree.end(end) + 1;
  if (tree.at(end) !== '=') return tree.at(end) === ';' || tree.at(end) === ',' ? end + 1 : end;
  const last = tree.next(end + 1, length, [';', ',']);
  return tree.at(last) === ';' || tree.at(last) === ',' ? last + 1 : last;
}

function isCompiled(tree: TokenTree, { from, to }: TokenRange): boolean {
  const words = tree.words({ from, to });
  if (words[0] !== 'cfg') return words.at(-1) !== 'test' && words[0] !== 'bench';
  return holds(tree, tree.inside(from + 1), 0) !== false;
}

const MAX_DEPTH = 16;

/** Returns whether a condition holds in a canister. Undefined: it may. */
function holds(tree: TokenTree, { from, to }: TokenRange, depth: number): boolean | undefined {
  const name = tree.word(from);
  if (depth > MAX_DEPTH) return undefined;
  if (name === 'test') return false;
  const inner = tree.at(from + 1) === '(' ? tree.split(tree.inside(from + 1)).map((one) => holds(tree, one, depth + 1)) : [];
  if (name === 'not') return inner[0] === undefined ? undefined : !inner[0];
  if (name === 'all') return inner.includes(false) ? false : inner.includes(undefined) ? undefined : true;
  if (name === 'any') return inner.includes(true) ? true : inner.includes(undefined) ? undefined : false;
  if (name === 'target_arch' || name === 'target_family') {
    const value = tree.tokens[Math.min(from + 2, to)]?.text;
    return value === 'wasm32' || value === 'wasm64' || value === 'wasm';
  }
  return undefined;
}
