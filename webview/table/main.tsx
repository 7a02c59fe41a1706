import './table.css';
import { openPage, vscodePort } from '../page.ts';
import { TableHost } from './state/table-host.ts';
import { TableModel } from './state/table-model.ts';
import { Table } from './table.tsx';

const host = new TableHost(vscodePort());
const model = new TableModel(host);
openPage({ host, model }, <Table model={model} />);
