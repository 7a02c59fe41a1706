// A stand-in for Microsoft's Hex Editor: it has its id and its editor, which shows nothing.
const vscode = require('vscode');

exports.activate = ({ subscriptions }) => {
  const editor = { openCustomDocument: (uri) => ({ uri, dispose() {} }), resolveCustomEditor() {} };
  subscriptions.push(vscode.window.registerCustomEditorProvider('hexEditor.hexedit', editor));
};
