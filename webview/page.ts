import { type ComponentChild, render } from 'preact';
import { keepPanes } from './keyboard/panes.ts';
import type { Port } from './state/page-host.ts';

declare function acquireVsCodeApi(): Port;

/** Returns VS Code's end of the page. It can be had only once. */
export const vscodePort = (): Port => acquireVsCodeApi();

/** The end of the protocol, and the model that its notifications are for. */
interface Receiver<Notification> {
  readonly host: { receive(message: unknown): Notification | undefined };
  readonly model: { receive(notification: Notification): void; start(): void };
}

/** Draws a page, and passes the host's notifications to its model. */
export function openPage<Notification>({ host, model }: Receiver<Notification>, view: ComponentChild): void {
  window.addEventListener('message', (event) => {
    const notification = host.receive(event.data);
    if (notification !== undefined) model.receive(notification);
  });
  const root = document.createElement('div');
  root.className = 'root';
  document.body.append(root);
  keepPanes(root);
  render(view, root);
  model.start();
}
