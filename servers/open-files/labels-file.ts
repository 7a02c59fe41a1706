/** What the file of labels beside a snapshot is called. */
export const LABELS_FILE = 'stable-memory.json';
