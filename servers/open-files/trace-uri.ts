/** Scheme of the URI of a trace's text, a read-only document. The URI's path is the path of the trace file. */
export const TRACE_SCHEME = 'stable-memory-trace';

/** Returns the URI of the text of the trace file at `path`, encoded as the editor encodes it. */
export function traceTextUri(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const encoded = slashed.split('/').map((part) => encodeURIComponent(part).replaceAll(/[!'()*]/g, escapeMark));
  return `${TRACE_SCHEME}:${slashed.startsWith('/') ? '' : '/'}${encoded.join('/')}`;
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
