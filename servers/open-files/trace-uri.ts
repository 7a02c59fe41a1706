/**
 * Scheme of the URI of a trace's text, a read-only document. The URI's path is the path of the trace file. The text of a long trace
 * has several parts, and the URI of a later part has its number in the query: `part=2`.
 */
export const TRACE_SCHEME = 'stable-memory-trace';

/** Returns the URI of a part of the text of the trace file at `path`, encoded as the editor encodes it. Parts count from 1. */
export function traceTextUri(path: string, part = 1): string {
  const slashed = path.replaceAll('\\', '/');
  const encoded = slashed.split('/').map((part) => encodeURIComponent(part).replaceAll(/[!'()*]/g, escapeMark));
  return `${TRACE_SCHEME}:${slashed.startsWith('/') ? '' : '/'}${encoded.join('/')}${part > 1 ? `?part%3D${part}` : ''}`;
}

/** Returns the number of the part that the URI of a trace's text names. */
export function partOf(uri: string): number {
  const [, number] = /\?part(?:=|%3[dD])(\d{1,9})(?:#|$)/.exec(uri) ?? [];
  return number === undefined ? 1 : Number(number);
}

/** Returns the path of the trace file that a URI names, or whose text it names. Returns undefined for other URIs. */
export function tracePathOf(uri: string): string | undefined {
  const [, scheme, path] = /^([a-z][a-z0-9+.-]+):(?:\/\/)?(\/[^?#]*)/.exec(uri) ?? [];
  if (path === undefined || (scheme !== TRACE_SCHEME && scheme !== 'file')) return undefined;
  const decoded = decode(path);
  // In a URI, a Windows drive follows a slash. In a path it comes first.
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
