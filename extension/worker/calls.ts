import { Budget, interactiveBudget } from '../../engine/core/budget.ts';
import { formatCounted } from '../../engine/core/format.ts';
import { offsetAt } from '../../engine/core/memory/memory.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { findStructure } from '../../engine/snapshot/find-part.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { ImageUsage } from '../../engine/snapshot/image-usage.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { newTraceText } from '../../engine/trace/format/template.ts';
import { codecOf } from '../../engine/values/codecs.ts';
import { codecChoices, elementText, valueText } from '../../engine/views/element-text.ts';
import { explainForPeople } from '../../engine/views/explanation.ts';
import { lookupResult, mapChoices } from '../../engine/views/find/lookup-rows.ts';
import { mapCells } from '../../engine/views/map/cells.ts';
import { lastWritesOf } from '../../engine/views/map/step-writes.ts';
import type { CallName, Calls, MemoryRef } from '../../engine/views/protocol.ts';
import { stepRows, stepSummary } from '../../engine/views/step.ts';
import { scanSummary, summaryOf } from '../../engine/views/summary.ts';
import { treeRows } from '../../engine/views/tree/tree.ts';
import { approach } from '../../servers/open-files/approach.ts';
import type { ComparedMemories } from '../../servers/open-files/compared-memories.ts';
import { findInTrace } from '../../servers/open-files/find-in-trace.ts';
import { LongWork } from '../../servers/open-files/long-work.ts';
import { MemorySearches } from '../../servers/open-files/memory-searches.ts';
import { snapshotFile } from '../../servers/open-files/snapshot-file.ts';
import type { Snapshots } from '../../servers/open-files/snapshots.ts';
import { tracePathOf } from '../../servers/open-files/trace-uri.ts';
import { linesOf, type OpenTrace, type Traces } from '../../servers/open-files/traces.ts';
import { newScriptText } from '../../servers/recorder/new-script.ts';
import { traceTarget } from '../../servers/recorder/trace-target.ts';
import { bytesHandlers } from './bytes-calls.ts';
import type { DebugSessions } from './debug-sessions.ts';
import { diffHandlers } from './diff-calls.ts';
import { rescueHandlers } from './rescue-calls.ts';
import { tableHandlers } from './table-calls.ts';
import { timelineHandlers } from './timeline-calls.ts';
import { workHandlers } from './work-calls.ts';

/** The handler of each call. @throws UserError with a message for the user. */
export type Handlers = {
  readonly [Name in CallName]: (params: Calls[Name]['params']) => Calls[Name]['result'] | Promise<Calls[Name]['result']>;
};

export interface Services {
  readonly snapshots: Snapshots;
  readonly traces: Traces;
  readonly sessions: DebugSessions;
  readonly compared: ComparedMemories;
  /** Passes a message to the language server. The first message starts it. */
  readonly language: (message: object) => void;
}

/** Maximum time to count the bytes for the map of a step. In larger memories the full scan counts them. Milliseconds. */
const MAX_COUNTING_TIME = 60;

/** Maximum time of one part of a search. Milliseconds. */
const MAX_FINDING_TIME = 40;

export function handlersOf(services: Services): Handlers {
  const snapshot = async (memory: MemoryRef): Promise<Snapshot> => {
    if (memory.kind === 'snapshot') return services.snapshots.get(memory.path);
    const image = services.sessions.current(memory.session).snapshot;
    if (image === undefined)
      throw new UserError(
        'request',
        'This trace has no image of the memory: it records only what an allocator allocated and freed.',
      );
    return image;
  };
  /** The ranges of each usage class, for the snapshots whose full scan is done. */
  const usages = new WeakMap<Snapshot, ImageUsage>();
  const searches = new MemorySearches();
  const work = new LongWork();
  const structure = async (memory: MemoryRef, part: string): Promise<readonly [Snapshot, PlacedStructure]> => {
    const image = await snapshot(memory);
    const placed = findStructure(image, part);
    if (placed === undefined) throw new UserError('request', `This memory no longer has a structure ${part}.`);
    return [image, placed];
  };
  const { stopOn, ...onWork } = workHandlers(
    {
      snapshot,
      structure,
      sources: async (memory) =>
        memory.kind === 'snapshot' ? services.snapshots.sources(memory.path) : services.sessions.sources(memory.session),
    },
    work,
  );
  return {
    'snapshot/file': ({ path }) => snapshotFile(path),
    'memory/open': async ({ memory }) =>
      memory.kind === 'step' ? stepSummary(services.sessions.current(memory.session)) : summaryOf(await snapshot(memory)),
    'memory/names': async ({ memory, folders }) => {
      const named = memory.kind === 'snapshot' ? await services.snapshots.takeNames(memory.path, folders) : undefined;
      if (named === undefined) return undefined;
      const usage = usages.get(named.before);
      if (usage !== undefined) usages.set(named.snapshot, usage);
      return summaryOf(named.snapshot);
    },
    'memory/close': async ({ memory }) => {
      stopOn(memory);
      if (memory.kind === 'snapshot') await services.snapshots.close(memory.path);
      return undefined;
    },
    'memory/scan': async ({ memory }) => {
      const image = await snapshot(memory);
      const scan = scanImage(image);
      usages.set(image, scan.where);
      return { scan: scanSummary(image, scan), usage: memory.kind === 'snapshot' ? scan.where.packed() : [] };
    },
    'memory/usage': async ({ memory, usage }) => {
      usages.set(await snapshot(memory), ImageUsage.unpacked(usage));
      return undefined;
    },
    'memory/tree': async ({ memory, view, parent }) =>
      memory.kind === 'step'
        ? stepRows(services.sessions.current(memory.session), view, parent, interactiveBudget())
        : treeRows(await snapshot(memory), view, parent, interactiveBudget()),
    'memory/map': async ({ memory, from, bytesPerCell, cells, writes }) => {
      const image = await snapshot(memory);
      if (memory.kind === 'step' && !usages.has(image)) {
        const { where, cutShort } = scanImage(image, new Budget({ milliseconds: MAX_COUNTING_TIME }));
        if (cutShort === undefined) usages.set(image, where);
      }
      const isStep = memory.kind === 'step' && writes === true;
      const findWrites = isStep ? lastWritesOf(services.sessions.current(memory.session).timeline, image) : undefined;
      return mapCells(image, from, bytesPerCell, cells, usages.get(image), findWrites);
    },
    'memory/explain': async ({ memory, offset }) =>
      explainForPeople(await snapshot(memory), offsetAt(0, offset), interactiveBudget()),
    ...bytesHandlers(snapshot),
    'memory/find': async ({ memory, pattern, kind }) => searches.begin(await snapshot(memory), pattern, kind),
    'memory/find-more': ({ search }) => searches.more(search, MAX_FINDING_TIME),
    ...onWork,
    'memory/find-end': ({ search }) => {
      searches.end(search);
      return undefined;
    },
    'memory/maps': async ({ memory }) => mapChoices(await snapshot(memory)),
    'memory/find-key': async ({ memory, part, key }) =>
      lookupResult(...(await structure(memory, part)), key, interactiveBudget()),
    'memory/codecs': async ({ memory, part, index, role }) =>
      codecChoices(...(await structure(memory, part)), index, role, interactiveBudget()),
    'memory/decode-as': async ({ memory, part, role, codec }) => {
      const [image, placed] = await structure(memory, part);
      const chosen = codec === undefined ? undefined : codecOf(codec, image.codecs);
      if (codec !== undefined && chosen === undefined) throw new UserError('request', `There is no codec called "${codec}".`);
      image.decoding.choose(placed.part, role, chosen);
      return undefined;
    },
    'memory/value': async ({ memory, part, index }) => {
      const text = valueText(...(await structure(memory, part)), index, new Budget());
      if (text === undefined) throw new UserError('request', `${part} no longer has an element ${index}.`);
      return text;
    },
    'memory/element-text': async ({ memory, part, index }) =>
      elementText(...(await structure(memory, part)), index, new Budget()),
    'trace/open': async ({ path }) => (await openTrace(services.traces, path)).summary,
    'trace/lines': async ({ uri, from, count }) => {
      const { history, part } = await partOfTrace(services.traces, uri);
      await approach(history, part.stepFromLine(from) ?? 0);
      return { ...linesOf(part, from, count), total: part.lines };
    },
    'trace/place': async ({ path, step }) => {
      const { document, line } = (await openTrace(services.traces, path)).documents.ofStep(step);
      return { uri: document.uri, line };
    },
    'trace/find': async ({ path, text, from }) =>
      findInTrace(await openTrace(services.traces, path), text, from, MAX_FINDING_TIME),
    'trace/template': () => newTraceText(),
    ...tableHandlers({ snapshot, structure }),
    ...rescueHandlers(services.snapshots, work),
    ...diffHandlers(services.compared),
    ...timelineHandlers((path) => openTrace(services.traces, path)),
    'record/script': ({ wasm }) => newScriptText(wasm),
    'record/target': ({ path }) => traceTarget(path),
    'debug/start': ({ session }) => services.sessions.start(session),
    'debug/message': ({ session, message }) => services.sessions.receive(session, message),
    'debug/stop': ({ session }) => {
      stopOn({ kind: 'step', session });
      return services.sessions.stop(session);
    },
    'language/message': ({ message }) => {
      services.language(message);
      return undefined;
    },
  };
}

async function openTrace(traces: Traces, path: string): Promise<OpenTrace> {
  const trace = await traces.open(path);
  if ('problem' in trace) throw new UserError('request', trace.problem);
  return trace;
}

async function partOfTrace(traces: Traces, uri: string) {
  const {
    summary: { title },
    documents,
    history,
  } = await openTrace(traces, tracePathOf(uri) ?? uri);
  const part = documents.part(uri);
  if (part === undefined) {
    const parts = formatCounted(documents.parts, 'part');
    throw new UserError('request', `The text of ${title} has ${parts} now. Open the trace again.`);
  }
  return { history, part };
}

/** Handles one call. The type parameter ties a call to its result by name, which the union of all calls cannot express. */
export function handle<Name extends CallName>(handlers: Handlers, name: Name, params: Calls[Name]['params']) {
  return handlers[name](params);
}
