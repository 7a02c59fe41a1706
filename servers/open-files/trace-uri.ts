/** The address of a trace's text, which is a read-only document: its path is the trace file's own. */
export const TRACE_SCHEME = 'stable-memory-trace';

/** The address of the text of the trace file at `path`, written as the editor writes it. */
export function traceTextUri(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const encoded = slashed.split('/').map((part) => encodeURIComponent(part).replaceAll(/[!'()*]/g, escapeMark));
  return `${TRACE_SCHEME}:${slashed.startsWith('/') ? '' : '/'}${encoded.join('/')}`;
}

/** The trace file that an address is the text of, or that it is itself; undefined for addresses of anything else. */
export function tracePathOf(uri: string): string | undefined {
  const [, scheme, path] = /^([a-z][a-z0-9+.-]+):(?:\/\/)?(\/[^?#]*)/.exec(uri) ?? [];
  if (path === undefined || (scheme !== TRACE_SCHEME && scheme !== 'file')) return undefined;
  const decoded = decode(path);
  // A drive of Windows stands behind a slash in an address, and before everything in a path.
  return /^\/[A-Za-z]:\//.test(decoded) ? decoded.slice(1) : decoded;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function escapeMark(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
}
