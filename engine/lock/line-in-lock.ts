/** Returns the line, from 1 on, to which keys lead in the text of a lock; that of the last key that is there. */
export function lineInLock(text: string, path: readonly string[]): number {
  let position = 0;
  for (const key of path) {
    const next = text.indexOf(`${JSON.stringify(key)}:`, position);
    if (next < 0) break;
    position = next;
  }
  return text.slice(0, position).split('\n').length;
}
