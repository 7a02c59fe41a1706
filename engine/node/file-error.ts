/** Returns a file system's refusal as a sentence. */
export function describeFileError(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return `There is no file or folder ${path}.`;
    case 'EACCES':
    case 'EPERM':
      return `You may not read ${path}. Give yourself the right to read it.`;
    case 'EISDIR':
      return `${path} is a folder, not a file.`;
    default:
      return `${path} could not be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
