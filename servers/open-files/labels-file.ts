/** Name of the labels file next to a snapshot. */
export const LABELS_FILE = 'stable-memory.json';
