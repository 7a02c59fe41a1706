/** Records Motoko's actors through random scripts, and the notes of `test/fixtures/record`. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../../cli/command-line.ts';
import type { RecordReport } from '../../../engine/views/record.ts';
import { takeWritten } from '../../cli/fake-worker.ts';
import { ready, replyOf, Session } from '../../engine/recorder/session.ts';
import { Random } from '../../fuzz/random.ts';
import { GoingOn } from '../going-on.ts';
import { blob, blobIn, message, nat64, nat64In } from './candid.ts';
import { compile, type Persistence, write } from './compile.ts';

const CALLS = 2000;
const KEYS = 64;

/** The actor as it must be. */
class Model {
  readonly values = new Map<number, Uint8Array>();
  notes = 0;

  put(key: number, value: Uint8Array): void {
    this.values.set(key % KEYS, value);
    this.notes += 1;
  }
}

/** Runs a random call. `before` and `after` run around those that must change nothing. */
function runOne(session: Session, model: Model, random: Random): void {
  const key = random.below(2 * KEYS);
  const value = random.bytes(1 + random.below(random.once(20) ? 4000 : 300));
  const argument = message(nat64(key), blob(value));
  const outcome = (method: string, kind: 'update' | 'query' = 'update') => session.call(kind, method, { argument }).outcome;
  const unchanged = (run: () => string): string => {
    const { root, pages } = session.stable;
    const result = run();
    expect([session.stable.root === root, session.stable.pages]).toEqual([true, pages]);
    return result;
  };
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
      expect(outcome('put')).toBe('replied');
      model.put(key, value);
      break;
    case 3:
      expect(session.update('remove', { argument: message(nat64(key)) }).outcome).toBe('replied');
      model.values.delete(key % KEYS);
      break;
    case 4:
      expect(unchanged(() => outcome('putAndTrap'))).toBe('trapped');
      break;
    case 5:
      expect(unchanged(() => outcome('putInQuery', 'query'))).toBe('replied');
      break;
    case 6:
      expect(outcome('putAndReject')).toBe('rejected');
      model.put(key, value);
      break;
    case 7:
      expect(outcome('putThroughSelf')).toBe('replied');
      model.put(key, value);
      model.notes += 2;
      break;
    case 8:
      expect(outcome('putThroughSelfAndTrap')).toBe('trapped');
      model.put(key, value);
      break;
    case 9:
      expect(outcome('putAfterTrap')).toBe('replied');
      model.put(key, value);
      break;
    case 10: {
      const from = random.below(6);
      expect(session.update('countDown', { argument: message(nat64(from)) }).outcome).toBe('replied');
      model.notes += from + 1;
      break;
    }
    case 11:
      expect(session.call('heartbeat').outcome).toBe('replied');
      model.notes += 1;
      break;
    case 12:
      if (random.below(4) > 0) break;
      expect(session.call('upgrade', '', { argument: message() })).toEqual({ outcome: 'replied', reply: undefined });
      model.notes += 2;
      break;
    default: {
      const found = blobIn(replyOf(session.query('get', { argument: message(nat64(key)) })));
      expect(Buffer.compare(found, model.values.get(key % KEYS) ?? new Uint8Array())).toBe(0);
    }
  }
}

export function testRandomScript(persistence: Persistence): void {
  test(`${persistence}: ${CALLS.toLocaleString('en')} random calls of an actor`, async () => {
    write('FirstFit.mo');
    const module = ready(compile('../../canisters/motoko/store.mo', persistence).wasm);
    expect(module.keepsMainMemory).toBe(persistence === 'enhancedOP');
    const session = new Session();
    expect(session.call('init', '', { module, argument: message() }).outcome).toBe('replied');
    const model = new Model();
    const random = new Random(1, persistence, 0);
    using goingOn = new GoingOn();
    for (let call = 0; call < CALLS; call++) {
      runOne(session, model, random);
      if (call % 10 === 0)
        expect(nat64In(replyOf(session.query('end', { argument: message() })))).toBe(16n * BigInt(model.notes));
      if (call % 700 === 350) {
        await goingOn.expectSame(session, (both) => {
          for (let more = 0; more < 20; more++) {
            const argument = message(nat64(more), blob(Uint8Array.of(more, 1, 2)));
            both((own) => own.update(more % 3 === 0 ? 'putAndTrap' : 'putThroughSelf', { argument, time: 5n }));
          }
          both((own) => own.call('upgrade', '', { argument: message(), time: 6n }));
          both((own) => own.query('get', { argument: message(nat64(1)), time: 7n }));
        });
        model.notes += 3 * 13 + 2;
        for (let more = 0; more < 20; more++) if (more % 3 !== 0) model.values.set(more, Uint8Array.of(more, 1, 2));
      }
    }
    session.expectReplays();
  });
}

interface Notes {
  readonly outcomes: readonly string[];
  readonly replies: readonly (string | null)[];
}

/** Returns the value in a reply of one number or text. */
function valueIn(reply: string | undefined): string | null {
  const [, value] = /^\(\s*(.*?)(?: : nat64)?,?\s*\)$/s.exec(reply ?? '()') ?? [];
  if (value === undefined || value === '') return null;
  return value.startsWith('"')
    ? JSON.parse(value.replace(/\\u\{([0-9a-f]+)\}/g, (_, digits) => String.fromCodePoint(Number.parseInt(digits, 16))))
    : value;
}

export function testNotes(persistence: Persistence): void {
  test(`${persistence}: the notes are recorded as their maker says, and the trace replays to the recorder's memory`, async () => {
    const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'record');
    const folder = mkdtempSync(join(tmpdir(), 'notes-'));
    try {
      const expected: Notes = JSON.parse(readFileSync(join(fixtures, 'notes.json'), 'utf8'));
      const [wasm, script, trace] = ['notes.wasm', 'notes.calls.jsonl', 'notes.smtrace'].map((name) => join(folder, name));
      if (!wasm || !script || !trace) return;
      writeFileSync(wasm, compile('../../fixtures/record/notes.mo', persistence).wasm);
      copyFileSync(join(fixtures, 'notes.calls.jsonl'), script);
      expect(await runCommand(['record', wasm, '--calls', script, '-o', trace, '--json'])).toBe(0);
      const report: RecordReport = JSON.parse(takeWritten().stdout);
      expect(report.calls.map(({ outcome }) => outcome)).toEqual(expected.outcomes);
      expect(report.calls.map(({ reply }) => valueIn(reply))).toEqual(expected.replies);
      const image = join(folder, 'notes.bin');
      expect(await runCommand(['replay', trace, '--image', image, '--json'])).toBe(0);
      expect(JSON.parse(takeWritten().stdout).sha256).toBe(report.sha256);
      expect(await runCommand(['inspect', image, '--json'])).toBe(0);
      expect(takeWritten().stdout).toContain('"regions"');
      expect(readFileSync(image).includes('first note')).toBe(true);
      expect(readFileSync(image).includes('never to be seen')).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
