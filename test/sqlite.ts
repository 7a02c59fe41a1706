import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Makes a database with notes and an index, and returns its file. */
export function databaseFile(notes: number, pageSize = 4096): Uint8Array<ArrayBuffer> {
  return inFolder((path) => {
    const made = new DatabaseSync(path);
    made.exec(
      `pragma page_size = ${pageSize}; create table notes (id integer primary key, text text); create index by_text on notes (text)`,
    );
    const insert = made.prepare('insert into notes (text) values (?)');
    made.exec('begin');
    for (let index = 0; index < notes; index += 1) insert.run(noteOf(index));
    made.exec('commit');
    made.close();
    return new Uint8Array(readFileSync(path));
  });
}

export function noteOf(index: number): string {
  return `note ${index} ${'x'.repeat(index % 100)}`;
}

/** Opens a file as SQLite does. Returns what it holds: the number of notes, the last one, and what a check of all pages says. */
export function contentOf(file: Uint8Array): {
  readonly count: unknown;
  readonly last: unknown;
  readonly check: readonly unknown[];
} {
  return inFolder((path) => {
    writeFileSync(path, file);
    const opened = new DatabaseSync(path, { readOnly: true });
    try {
      const { count } = opened.prepare('select count(*) as count from notes').get() ?? {};
      const { last } = opened.prepare('select text as last from notes order by id desc limit 1').get() ?? {};
      const check = opened.prepare('pragma integrity_check').all();
      return { count, last, check: check.map((row) => row['integrity_check']) };
    } finally {
      opened.close();
    }
  });
}

function inFolder<T>(use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  try {
    return use(join(folder, 'made.sqlite'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
