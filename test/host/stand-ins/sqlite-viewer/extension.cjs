// A stand-in for the viewers of SQLite databases: it claims their files as those do, and shows nothing.
const vscode = require('vscode');

exports.activate = ({ subscriptions }) => {
  const editor = { openCustomDocument: (uri) => ({ uri, dispose() {} }), resolveCustomEditor() {} };
  subscriptions.push(vscode.window.registerCustomEditorProvider('sqlite-viewer.view', editor));
};
