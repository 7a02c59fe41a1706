import { formatAddress, formatCount } from '../../../engine/core/format.ts';
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import type { PictureMark, TimelineSummary } from '../../../engine/views/timeline/calls.ts';
import type { TimelineNotification } from '../../../engine/views/timeline/page.ts';
import { type Axis, clampAxis, panAxis, placeOfStep, revealOnAxis, wholeAxis, zoomAxis } from './axis.ts';
import { simulatePolicies } from './policy-runs.ts';
import { Requests } from './requests.ts';
import { type Arrangement, parseSaved, type Saved, type Section } from './saved.ts';
import { StepSender } from './step-sender.ts';
import type { TimelineHost } from './timeline-host.ts';
import {
  type Cursor,
  faultsOf,
  INITIAL_STATE,
  NO_RESULTS,
  type Room,
  type Shown,
  sentenceOf,
  shownOf,
  stepName,
  type TimelineState,
} from './timeline-state.ts';

/** Delay before the state is saved. Milliseconds. */
const SAVE_DELAY = 250;
/** A trace with more steps is simulated with other policies only on request. */
const MAX_STEPS_SIMULATED_AT_ONCE = 200_000;

/** Model of the timeline. Changes the state on user actions and messages of the host, and requests what is missing on screen. */
export class TimelineModel {
  readonly #host: TimelineHost;
  readonly #listeners = new Set<(state: TimelineState) => void>();
  readonly #sender: StepSender;
  readonly #requests: Requests;
  #state: TimelineState;
  #saved: Saved;
  /** The place of the cursor that was chosen by keys and whose story has not been announced. */
  #unspoken: Cursor | undefined;
  /** The last step that was announced. */
  #announced: number | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: TimelineHost) {
    this.#host = host;
    this.#saved = parseSaved(host.saved);
    this.#state = { ...INITIAL_STATE, arrangement: this.#saved.arrangement };
    this.#requests = new Requests(host, (generation, change) =>
      this.#change(generation === this.#state.generation ? change(this.#state) : {}),
    );
    this.#sender = new StepSender((step) => host.notify({ notification: 'go', step }));
  }

  get state(): TimelineState {
    return this.#state;
  }

  subscribe(listener: (state: TimelineState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#host.notify({ notification: 'ready', version: PROTOCOL_VERSION });
  }

  receive(notification: TimelineNotification): void {
    switch (notification.notification) {
      case 'timeline': {
        const { version, path, summary, step } = notification;
        if (version === PROTOCOL_VERSION) this.#show(path, summary, step);
        else this.#change({ stage: { kind: 'error', text: 'The extension was updated. Reload the window to continue.' } });
        return;
      }
      case 'moved':
        this.#moved(notification.step);
        return;
      case 'problem':
        this.#change({ stage: { kind: 'error', text: notification.text } });
    }
  }

  // What is on screen

  chooseSpace(space: number): void {
    const { stage, step } = this.#state;
    if (stage.kind === 'shown') this.#showSpace(stage.summary, { space, step, steps: this.#state.steps, addresses: undefined });
  }

  arrange(change: Partial<Arrangement>): void {
    const { arrangement, highlighted } = this.#state;
    const next = { ...arrangement, ...change };
    // Other colours have other kinds.
    this.#change({ arrangement: next, highlighted: next.colour === arrangement.colour ? highlighted : undefined });
  }

  toggleSection(section: Section): void {
    const { folded } = this.#state.arrangement;
    this.arrange({ folded: folded.includes(section) ? folded.filter((each) => each !== section) : [...folded, section] });
  }

  highlight(kind: string): void {
    this.#change({ highlighted: this.#state.highlighted === kind ? undefined : kind });
  }

  layOut(room: Partial<Room>): void {
    const next = { ...this.#state.room, ...room };
    if (JSON.stringify(next) !== JSON.stringify(this.#state.room)) this.#change({ room: next });
  }

  // Zoom

  /** Makes the visible steps `factor` times as many. What is at `anchor`, a share of the width, stays there. */
  zoomSteps(factor: number, anchor: number): void {
    const shown = shownOf(this.#state);
    if (shown) this.#change({ steps: zoomAxis(this.#state.steps, shown.summary.steps, factor, anchor) });
  }

  /** The same for addresses. `anchor` is a share of the height, from the bottom. */
  zoomAddresses(factor: number, anchor: number): void {
    const shown = shownOf(this.#state);
    if (shown) this.#change({ addresses: zoomAxis(this.#state.addresses, shown.space.bytes, factor, anchor) });
  }

  /** Moves by a share of what is visible. */
  pan(steps: number, addresses: number): void {
    const shown = shownOf(this.#state);
    if (shown === undefined) return;
    this.#change({
      steps: panAxis(this.#state.steps, shown.summary.steps, steps),
      addresses: panAxis(this.#state.addresses, shown.space.bytes, addresses),
    });
  }

  showSteps(steps: Axis): void {
    const shown = shownOf(this.#state);
    if (shown) this.#change({ steps: clampAxis(steps, shown.summary.steps) });
  }

  resetZoom(): void {
    const shown = shownOf(this.#state);
    if (shown) this.#change({ steps: wholeAxis(shown.summary.steps), addresses: wholeAxis(shown.space.bytes) });
  }

  // Steps and addresses

  /** Places the cursor: the pointer is there, or nowhere. */
  point(cursor: Cursor | undefined): void {
    this.#change({ cursor });
  }

  /** Moves the cursor by keys. The visible part follows. */
  moveCursor(step: number, address: number): void {
    const shown = shownOf(this.#state);
    if (shown === undefined) return;
    const cursor = {
      step: Math.max(1, Math.min(shown.summary.steps, step)),
      address: Math.max(0, Math.min(shown.space.bytes - 1, address)),
    };
    this.#unspoken = cursor;
    this.#change({
      cursor,
      steps: revealOnAxis(this.#state.steps, shown.summary.steps, placeOfStep(cursor.step)),
      addresses: revealOnAxis(this.#state.addresses, shown.space.bytes, cursor.address + 0.5),
    });
  }

  /** Goes to a step. While dragging, a debug session follows if there is one; the end of the drag starts it if there is none. */
  goTo(step: number, { isDragging }: { readonly isDragging: boolean } = { isDragging: false }): void {
    const shown = shownOf(this.#state);
    if (shown === undefined) return;
    const target = Math.max(0, Math.min(shown.summary.steps, step));
    if (target !== this.#state.step) this.#change({ step: target });
    if (this.#state.isDebugged || !isDragging) this.#sender.send(target);
  }

  /** Goes to a step that may not be visible. */
  visit(step: number, address?: number): void {
    const shown = shownOf(this.#state);
    if (shown === undefined) return;
    this.arrange({ tab: 'addresses' });
    this.#reveal(shown, step, address);
    this.goTo(step);
  }

  /** Goes to the fault before or after the present step. */
  visitFault(direction: 1 | -1): void {
    const mark = faultBeside(faultsOf(this.#state).marks, this.#state.step, direction);
    if (mark) this.visit(mark.step, mark.address);
  }

  /** Places the cursor at an address that may not be visible. */
  showAddress(address: number): void {
    this.arrange({ tab: 'addresses' });
    this.moveCursor(Math.max(1, this.#state.step), address);
  }

  // Answers on request

  /** Simulates the same requests with all policies, one after the other. */
  comparePolicies(): void {
    const shown = shownOf(this.#state);
    if (shown === undefined || this.#state.policies.running !== undefined) return;
    const { generation } = this.#state;
    void simulatePolicies(this.#host, shown, (policies) => {
      const isCurrent = generation === this.#state.generation;
      if (isCurrent) this.#change({ policies });
      return isCurrent;
    });
  }

  /** Unfolds the comparison of policies, and begins it if it has not begun. */
  showComparison(): void {
    const { folded } = this.#state.arrangement;
    this.arrange({ folded: folded.filter((each) => each !== 'policies') });
    if (this.#state.policies.runs.length === 0) this.comparePolicies();
  }

  showFlame(step: number | undefined): void {
    this.#change({ flameStep: step });
  }

  announce(announcement: string): void {
    this.#change({ announcement });
  }

  #show(path: string, summary: TimelineSummary, debugged: number | undefined): void {
    const { stage } = this.#state;
    const isSame = stage.kind === 'shown' && stage.path === path;
    const saved = isSame ? this.#state : this.#saved.path === path ? this.#saved : undefined;
    this.#change({ stage: { kind: 'shown', path, summary }, isDebugged: debugged !== undefined });
    this.#showSpace(summary, {
      space: saved?.space,
      step: debugged ?? saved?.step,
      steps: saved?.steps,
      addresses: saved?.addresses,
    });
  }

  #showSpace(
    { spaces, steps: count }: TimelineSummary,
    {
      space: wanted,
      step,
      steps,
      addresses,
    }: Partial<Record<'space' | 'step', number | undefined>> & Partial<Record<'steps' | 'addresses', Axis | undefined>>,
  ): void {
    const space = spaces.find((each) => each.space === wanted) ?? spaces[0];
    const isSame = space?.space === wanted;
    this.#announced = undefined;
    this.#change({
      ...NO_RESULTS,
      generation: this.#state.generation + 1,
      space: space?.space,
      step: Math.min(count, step ?? count),
      steps: clampAxis(steps ?? wholeAxis(count), count),
      addresses: clampAxis((isSame && addresses) || wholeAxis(space?.bytes ?? 1), space?.bytes ?? 1),
      cursor: undefined,
      highlighted: undefined,
      flameStep: undefined,
    });
    const shown = shownOf(this.#state);
    if (shown && shown.summary.steps <= MAX_STEPS_SIMULATED_AT_ONCE) this.comparePolicies();
  }

  #moved(step: number | undefined): void {
    const isBehind = this.#sender.arrived();
    const shown = shownOf(this.#state);
    if (step === undefined) this.#change({ isDebugged: false });
    else if (isBehind || shown === undefined) this.#change({ isDebugged: true });
    else {
      this.#change({ isDebugged: true, step });
      this.#reveal(shown, step, undefined);
    }
  }

  #reveal({ summary, space }: Shown, step: number, address: number | undefined): void {
    const { steps, addresses } = this.#state;
    this.#change({
      steps: revealOnAxis(steps, summary.steps, placeOfStep(Math.max(1, step))),
      addresses: address === undefined ? addresses : revealOnAxis(addresses, space.bytes, address + 0.5),
    });
  }

  #change(change: Partial<TimelineState>): void {
    this.#state = { ...this.#state, ...change };
    this.#announceStep();
    this.#announceCursor();
    this.#requests.requestMissing(this.#state);
    for (const listener of this.#listeners) listener(this.#state);
    this.#saveTimer ??= setTimeout(() => this.#save(), SAVE_DELAY);
  }

  /** Announces the present step and its sentence, as soon as the sentence is known. */
  #announceStep(): void {
    const shown = shownOf(this.#state);
    const { step, why, blocks } = this.#state;
    // Only the steps of an allocator have a sentence.
    const isKnown = shown?.space.draws === 'accesses' || [blocks, why].every((each) => each.shown?.params.step === step);
    if (shown === undefined || !isKnown || this.#announced === step) return;
    const sentence = sentenceOf(this.#state);
    const announcement = `${stepName(step, shown.summary)}. ${sentence?.text ?? ''}`.trimEnd();
    // The first step on screen is part of the description of the picture.
    this.#state = this.#announced === undefined ? this.#state : { ...this.#state, announcement };
    this.#announced = step;
  }

  /** Announces what is at the cursor, once it is known. */
  #announceCursor(): void {
    const { shown } = this.#state.story;
    const { step, address } = shown?.params ?? {};
    if (shown === undefined || this.#unspoken?.step !== step || this.#unspoken?.address !== address) return;
    this.#unspoken = undefined;
    const announcement = `Step ${formatCount(step ?? 0)}, ${formatAddress(address ?? 0)}: ${shown.result.text}`;
    this.#state = { ...this.#state, announcement };
  }

  #save(): void {
    this.#saveTimer = undefined;
    const { stage, space, step, steps, addresses, arrangement } = this.#state;
    if (stage.kind !== 'shown') return;
    this.#saved = { path: stage.path, space, step, steps, addresses, arrangement };
    this.#host.save(this.#saved);
  }
}

/** Returns the nearest fault before or after a step. */
function faultBeside(marks: readonly PictureMark[], step: number, direction: 1 | -1): PictureMark | undefined {
  const beside = marks.filter((mark) => (mark.step - step) * direction > 0);
  return beside.reduce<PictureMark | undefined>(
    (nearest, mark) => (nearest === undefined || Math.abs(mark.step - step) < Math.abs(nearest.step - step) ? mark : nearest),
    undefined,
  );
}
