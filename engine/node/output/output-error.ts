/** Returns why the standard output cannot be written, as a sentence. */
export function describeOutputError(error: NodeJS.ErrnoException): string {
  return `The output could not be written: ${reasonOf(error)}`;
}

/** Returns why a file cannot be written, as a sentence. */
export function describeWriteError(path: string, error: unknown): string {
  return `${path} could not be written: ${reasonOf(error)}`;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full. Make room on it, or write elsewhere.';
    case 'EDQUOT':
      return 'your disk quota is used up. Make room, or write elsewhere.';
    case 'EFBIG':
      return 'it would exceed the maximum file size. Write elsewhere, or raise the limit (ulimit -f).';
    case 'EROFS':
      return 'the disk is read-only. Write elsewhere.';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied. Change the permissions, or write elsewhere.';
    case 'ENOENT':
      return 'the folder does not exist. Create it first.';
    case 'ENOTDIR':
      return 'a part of its path is a file, not a folder.';
    case 'ENAMETOOLONG':
      return 'its name is too long.';
    case 'EIO':
      return 'the disk reports an error. Write elsewhere.';
    default:
      return `${error instanceof Error ? error.message : String(error)}.`;
  }
}
