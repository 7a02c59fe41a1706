import './editor.css';
import { render } from 'preact';
import { Editor } from './editor.tsx';
import { Host } from './state/host.ts';
import { EditorModel } from './state/model.ts';
import type { Port } from './state/page-host.ts';

declare function acquireVsCodeApi(): Port;

const host = new Host(acquireVsCodeApi());
const model = new EditorModel(host);
window.addEventListener('message', (event) => {
  const notification = host.receive(event.data);
  if (notification !== undefined) model.receive(notification);
});
const root = document.createElement('div');
root.className = 'root';
document.body.append(root);
render(<Editor model={model} />, root);
model.start();
