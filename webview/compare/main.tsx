import './compare.css';
import { openPage, vscodePort } from '../page.ts';
import { Compare } from './compare.tsx';
import { CompareHost } from './state/compare-host.ts';
import { CompareModel } from './state/compare-model.ts';

const host = new CompareHost(vscodePort());
const model = new CompareModel(host);
openPage({ host, model }, <Compare model={model} />);
