import './timeline.css';
import { render } from 'preact';
import type { Port } from '../state/page-host.ts';
import { TimelineHost } from './state/timeline-host.ts';
import { TimelineModel } from './state/timeline-model.ts';
import { Timeline } from './timeline.tsx';

declare function acquireVsCodeApi(): Port;

const host = new TimelineHost(acquireVsCodeApi());
const model = new TimelineModel(host);
window.addEventListener('message', (event) => {
  const notification = host.receive(event.data);
  if (notification !== undefined) model.receive(notification);
});
const root = document.createElement('div');
root.className = 'root';
document.body.append(root);
render(<Timeline model={model} />, root);
model.start();
