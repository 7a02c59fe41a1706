import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The pages, by the names of their script and style sheet. */
type PageName = 'editor' | 'timeline' | 'table' | 'compare';

/** Allows a webview to run scripts, and to load from our folder only. */
export function setUpPage(webview: vscode.Webview, extension: vscode.Uri, name: PageName): void {
  webview.options = { enableScripts: true, localResourceRoots: [pageRoot(extension)] };
  webview.html = pageHtml(webview, extension, name);
}

function pageRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

/** Returns the HTML of a page. It runs only our script (by its nonce), loads only from our folder, and has no network access. */
function pageHtml(webview: vscode.Webview, extension: vscode.Uri, name: PageName): string {
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
  <link rel="stylesheet" href="${file(`${name}.css`)}">
  <script nonce="${nonce}" src="${file(`${name}.js`)}" defer></script>
</head>
<body></body>
</html>`;
}
