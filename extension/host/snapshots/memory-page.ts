import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Returns the folder of the extension that a memory's page may load from. */
export function pageRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

/**
 * Returns the HTML of the page that draws a memory. It runs only our script (by its nonce), loads only from our folder, and has
 * no network access.
 */
export function memoryPage(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageRoot(extension), name)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Stable memory</title>
  <link rel="stylesheet" href="${file('editor.css')}">
  <script nonce="${nonce}" src="${file('editor.js')}" defer></script>
</head>
<body></body>
</html>`;
}
