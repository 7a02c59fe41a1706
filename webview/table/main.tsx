import './table.css';
import { render } from 'preact';
import type { Port } from '../state/page-host.ts';
import { TableHost } from './state/table-host.ts';
import { TableModel } from './state/table-model.ts';
import { Table } from './table.tsx';

declare function acquireVsCodeApi(): Port;

const host = new TableHost(acquireVsCodeApi());
const model = new TableModel(host);
window.addEventListener('message', (event) => {
  const notification = host.receive(event.data);
  if (notification !== undefined) model.receive(notification);
});
const root = document.createElement('div');
root.className = 'root';
document.body.append(root);
render(<Table model={model} />, root);
model.start();
