/**
 * Reads the part of YAML that configurations are written in: mappings, lists, plain and quoted values, blocks of text, `[a, b]`. Of
 * other things, such as anchors, the text stays as it is. Never throws.
 */
export type Yaml = string | readonly Yaml[] | { readonly [name: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** Maximum lines that are read, and maximum nesting. */
const MAX_LINES = 20_000;
const MAX_DEPTH = 32;

const KEY = /^("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s"'#[\]{},:-]|-(?=[^\s:]))[^#:]*):(?:\s+(.*))?$/;

export function readYaml(text: string): Yaml {
  const lines = text
    .split(/\r?\n/, MAX_LINES)
    .map((line): Line => ({ indent: line.search(/\S|$/), text: withoutComment(line.trim()) }))
    .filter((line) => line.text !== '' && line.text !== '---');
  return new Reader(lines).node(0, 0);
}

/** Leaves out a comment: a `#` at the start or after a blank, outside of quotes. */
function withoutComment(text: string): string {
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] ?? '';
    if (quote !== '') {
      if (letter === '\\' && quote === '"') index += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '#' && /^$|\s/.test(text[index - 1] ?? '')) return text.slice(0, index).trimEnd();
    else if ((letter === '"' || letter === "'") && /^$|[\s[,:]/.test(text[index - 1] ?? '')) quote = letter;
  }
  return text;
}

class Reader {
  readonly #lines: Line[];
  #next = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  /** Reads the lines that are indented by at least `indent`. */
  node(indent: number, depth: number): Yaml {
    const first = this.#lines[this.#next];
    if (first === undefined || first.indent < indent || depth > MAX_DEPTH) return '';
    if (isItem(first.text)) return this.#list(first.indent, depth);
    return KEY.test(first.text) ? this.#mapping(first.indent, depth) : this.#text(first.indent);
  }

  #list(indent: number, depth: number): readonly Yaml[] {
    const items: Yaml[] = [];
    for (let line = this.#lines[this.#next]; line?.indent === indent && isItem(line.text); line = this.#lines[this.#next]) {
      const text = line.text.slice(1).trimStart();
      if (KEY.test(text) || isItem(text)) {
        // The first line of a mapping or a list in the item: `- name: chat`.
        this.#lines[this.#next] = { indent: indent + line.text.length - text.length, text };
        items.push(this.node(indent + 1, depth + 1));
        continue;
      }
      this.#next += 1;
      items.push(text === '' ? this.node(indent + 1, depth + 1) : this.#value(text, indent, depth));
    }
    return items;
  }

  #mapping(indent: number, depth: number): Yaml {
    const fields: [string, Yaml][] = [];
    for (let line = this.#lines[this.#next]; line?.indent === indent; line = this.#lines[this.#next]) {
      const [, key, value] = KEY.exec(line.text) ?? [];
      if (key === undefined) break;
      this.#next += 1;
      fields.push([unquoted(key), this.#value(value ?? '', indent, depth)]);
    }
    // Anything else that is indented deeper is not understood.
    while ((this.#lines[this.#next]?.indent ?? -1) > indent) this.#next += 1;
    return Object.fromEntries(fields);
  }

  #value(text: string, indent: number, depth: number): Yaml {
    if (/^[|>][+-]?\d?$/.test(text)) return this.#text(indent + 1);
    if (text !== '') return scalarOrFlow(text);
    const next = this.#lines[this.#next];
    // The items of a list may be as far to the left as its key.
    return this.node(next !== undefined && isItem(next.text) ? indent : indent + 1, depth + 1);
  }

  #text(indent: number): string {
    const found: string[] = [];
    for (let line = this.#lines[this.#next]; line !== undefined && line.indent >= indent; line = this.#lines[this.#next]) {
      found.push(line.text);
      this.#next += 1;
    }
    return found.join('\n');
  }
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

function scalarOrFlow(text: string): Yaml {
  if (!text.startsWith('[') || !text.endsWith(']')) return unquoted(text);
  return text
    .slice(1, -1)
    .split(',')
    .map((item) => unquoted(item.trim()))
    .filter((item) => item !== '');
}

function unquoted(text: string): string {
  const [, double, single] = /^"(.*)"$|^'(.*)'$/.exec(text) ?? [];
  return double?.replace(/\\(.)/g, '$1') ?? single ?? text;
}
