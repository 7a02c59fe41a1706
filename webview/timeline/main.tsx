import './timeline.css';
import { openPage, vscodePort } from '../page.ts';
import { TimelineHost } from './state/timeline-host.ts';
import { TimelineModel } from './state/timeline-model.ts';
import { Timeline } from './timeline.tsx';

const host = new TimelineHost(vscodePort());
const model = new TimelineModel(host);
openPage({ host, model }, <Timeline model={model} />);
