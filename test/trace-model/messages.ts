/** The model of nested messages: for every event, the messages around it, and for every `end`, the message that it ends. */
import type { Item } from './items.ts';

export interface Message {
  /** The event that begins it. */
  readonly begin: number;
  readonly number: number;
  readonly kind: string;
  /** The message around it. */
  readonly parent: Message | undefined;
  /** Its `end`, or the last event before another event ended it. */
  end: number | undefined;
  /** The `end` that undid it or a message around it. */
  undoneBy: number | undefined;
}

export interface ModelMessages {
  readonly all: readonly Message[];
  /** The innermost message of each event. The `begin` and the `end` of a message belong to it. */
  readonly of: readonly (Message | undefined)[];
  /** By event: the message that an `end` ends. */
  readonly ended: ReadonlyMap<number, Message>;
}

/**
 * Messages are nested: an `end` also ends the messages that began within, and a header ends all. An `end` of a number that is not open
 * ends nothing. If a number is used twice, its `end` is that of the latest.
 */
export function messagesIn(items: readonly Item[]): ModelMessages {
  const all: Message[] = [];
  const of: (Message | undefined)[] = [];
  const ended = new Map<number, Message>();
  let open: Message[] = [];
  let event = 0;
  const close = (messages: readonly Message[]): void => {
    for (const message of messages) message.end ??= event - 1;
  };
  for (const item of items) {
    if (item.kind === 'header') {
      close(open);
      open = [];
      continue;
    }
    let around = open.at(-1);
    if (item.kind === 'begin') {
      around = {
        begin: event,
        number: item.message,
        kind: item.messageKind,
        parent: around,
        end: undefined,
        undoneBy: undefined,
      };
      all.push(around);
      open = [...open, around];
    } else if (item.kind === 'end') {
      const place = open.findLastIndex(({ number }) => number === item.message);
      const message = open[place];
      if (message) {
        message.end = event;
        close(open.slice(place + 1));
        open = open.slice(0, place);
        ended.set(event, message);
        around = message;
        if (item.outcome === 'rolled-back' || item.outcome === 'trapped') {
          for (const inner of all) if (isWithin(inner, message)) inner.undoneBy ??= event;
        }
      }
    }
    of.push(around);
    event++;
  }
  return { all, of, ended };
}

/** Returns the messages around a message, itself first. */
export function chainOf(message: Message | undefined): readonly Message[] {
  const chain: Message[] = [];
  for (let outer = message; outer; outer = outer.parent) chain.push(outer);
  return chain;
}

function isWithin(inner: Message, outer: Message): boolean {
  return chainOf(inner).includes(outer);
}
