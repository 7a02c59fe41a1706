import type { FlameNode } from '../../../engine/views/timeline/calls.ts';

/** A frame of the graph: a node with its place. */
export interface Frame {
  readonly node: FlameNode;
  readonly parent: Frame | undefined;
  /** 0 is the root, which is at the bottom. */
  readonly depth: number;
  /** Place of the frame, as shares of the root's bytes. */
  readonly start: number;
  readonly share: number;
  /** Index among the children of the root, which gives the colour; -1 for the root. */
  readonly branch: number;
}

/** Frames with a smaller share of what is zoomed to are not drawn. */
const MIN_SHARE = 1 / 1000;
const MAX_FRAMES = 4_000;

/** Returns the frames of a tree, parents before their children, the largest child first. */
export function framesOf(root: FlameNode): readonly Frame[] {
  const first: Frame = { node: root, parent: undefined, depth: 0, start: 0, share: 1, branch: -1 };
  const frames: Frame[] = [first];
  for (let index = 0; index < frames.length && frames.length < MAX_FRAMES; index++) {
    const parent = frames[index];
    if (parent === undefined) break;
    let { start } = parent;
    const children = [...parent.node.children].sort((a, b) => b.bytes - a.bytes);
    children.forEach((node, place) => {
      const share = root.bytes <= 0 ? 0 : node.bytes / root.bytes;
      frames.push({ node, parent, depth: parent.depth + 1, start, share, branch: parent.depth === 0 ? place : parent.branch });
      start += share;
    });
  }
  return frames;
}

/** Returns the path from the root to a frame, itself included. */
export function pathTo(frame: Frame): readonly Frame[] {
  const path: Frame[] = [];
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) path.unshift(at);
  return path;
}

/** A frame as it is drawn when the graph is zoomed to another: shares of the width. */
export interface Placed {
  readonly frame: Frame;
  readonly left: number;
  readonly width: number;
}

/** Returns what is drawn when the graph is zoomed to `focus`: its path in full width, and what is above it. */
export function placeFrames(frames: readonly Frame[], focus: Frame): readonly Placed[] {
  const path = new Set(pathTo(focus));
  const end = focus.start + focus.share;
  return frames.flatMap((frame): readonly Placed[] => {
    if (path.has(frame)) return [{ frame, left: 0, width: 1 }];
    const width = focus.share === 0 ? 0 : frame.share / focus.share;
    const isInside = frame.depth > focus.depth && frame.start >= focus.start - 1e-12 && frame.start + frame.share <= end + 1e-12;
    return isInside && width >= MIN_SHARE ? [{ frame, left: (frame.start - focus.start) / focus.share, width }] : [];
  });
}
