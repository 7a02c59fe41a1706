/**
 * Parses JSON in which whole numbers of 16 digits and more become texts of their digits, because JSON's own numbers would be
 * rounded. @throws SyntaxError if it is not JSON
 */
export function parseExactJson(text: string): unknown {
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  return JSON.parse(exact);
}
