import { UserError } from '../core/user-error.ts';
/** Returns the error for a file that cannot be opened or read. */
export function fileError(path: string, error: unknown): UserError {
  return new UserError('file', describeFileError(path, error));
}

/** Returns a file system error as a message. */
export function describeFileError(path: string, error: unknown): string {
  if (error instanceof UserError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return `There is no file or folder ${path}.`;
    case 'EACCES':
    case 'EPERM':
      return `Permission to read ${path} is denied. Change its permissions.`;
    case 'EISDIR':
      return `${path} is a folder, not a file.`;
    case 'ENOTDIR':
      return `There is no file ${path}: a part of its path is a file, not a folder.`;
    case 'ELOOP':
      return `${path} is a link that leads back to itself.`;
    case 'ENAMETOOLONG':
      return `There is no file ${path}: its name is too long.`;
    case 'EIO':
      return `The disk reported an error while ${path} was read. Copy the file from elsewhere, or check the disk.`;
    case 'EMFILE':
    case 'ENFILE':
      return `${path} could not be opened because too many files are open. Close some programs, or raise the limit (ulimit -n).`;
    default:
      return `${path} could not be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
